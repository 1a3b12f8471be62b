namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>Where a chain of ours is asked: filter chains by the packet's way, and the three at which addresses are translated.</summary>
internal enum Place : byte
{
    /// <summary>Packets from elsewhere whose destination is about to be rewritten.</summary>
    RedirectIncoming,

    /// <summary>Packets of this host whose destination is about to be rewritten.</summary>
    RedirectOwn,

    /// <summary>To this host.</summary>
    Input,

    /// <summary>Through this host.</summary>
    Forward,

    /// <summary>From this host.</summary>
    Output,

    /// <summary>On their way back to where they came from: the source is to be this host's address.</summary>
    Hairpin,

    /// <summary>Packets from elsewhere before connection tracking, where iptables says which helper reads along.</summary>
    HelpIncoming,

    /// <summary>Packets of this host before connection tracking; see <see cref="HelpIncoming"/>.</summary>
    HelpOwn,
}
