namespace Postern.Protocol.Switching.Server;

/// <summary>Plain counters of a switchboard since its start.</summary>
public sealed record SwitchboardStats
{
    public long Opened { get; internal set; }

    public long LoggedIn { get; internal set; }

    public long Claimed { get; internal set; }

    public long FramesIn { get; internal set; }

    public long FramesOut { get; internal set; }

    /// <summary>Signals taken into a queue.</summary>
    public long SignalsAccepted { get; internal set; }

    /// <summary>Signals that their receivers acknowledged.</summary>
    public long SignalsDelivered { get; internal set; }

    /// <summary>Signals that came again while they were still queued.</summary>
    public long SignalsRepeated { get; internal set; }

    /// <summary>Requests refused without ending the connection.</summary>
    public long Refused { get; internal set; }

    /// <summary>Connections ended because of what they did.</summary>
    public long Expelled { get; internal set; }
}
