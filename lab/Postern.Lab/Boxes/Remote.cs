using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>What a box remembers of one remote endpoint of a mapping.</summary>
internal sealed class Remote(Instant since)
{
    /// <summary>When the first packet passed.</summary>
    public Instant Since { get; } = since;

    public Instant Expires { get; set; }

    /// <summary>The inside has sent to it.</summary>
    public bool SentTo { get; set; }

    /// <summary>It has sent, and was let in.</summary>
    public bool HeardFrom { get; set; }

    /// <summary>TCP: FIN or RST has passed.</summary>
    public bool IsClosing { get; set; }

    /// <summary>TCP: the sequence number of our SYN.</summary>
    public uint SynSequence { get; set; }

    /// <summary>TCP: our last segment was a SYN that had been sent before, and still nothing has come back.</summary>
    public bool IsAskingAgain { get; set; }

    /// <summary>TCP: the first thing that came back was an RST.</summary>
    public bool IsRefused { get; set; }

    /// <summary>TCP: a SYN of ours is out and nothing but SYNs has come back.</summary>
    public bool IsOpening { get; set; }
}
