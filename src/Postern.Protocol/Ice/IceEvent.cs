using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>What happened in an <see cref="IceAgent"/>.</summary>
public abstract record IceEvent
{
    private IceEvent()
    {
    }

    /// <summary>A check on this pair was answered: it can carry data.</summary>
    public sealed record PairValidated(IcePath Path) : IceEvent;

    /// <summary>A pair failed, or one that had worked died.</summary>
    public sealed record PairFailed(IcePath Path, PairFailure Cause) : IceEvent;

    /// <summary>Data goes over <paramref name="To"/> from now on.</summary>
    public sealed record PathChanged(IcePath? From, IcePath To, PathChangeReason Reason) : IceEvent;

    /// <summary>No pair is valid any more; the agent goes on trying the former ones.</summary>
    public sealed record PathLost(IcePath Path, PairFailure Reason) : IceEvent;

    /// <summary>A check showed an address that nobody had signalled (RFC 8445 §7.2.5.3.1, §7.3.1.3).</summary>
    public sealed record PeerReflexiveFound(bool IsLocal, Endpoint Address, Endpoint Base) : IceEvent;

    /// <summary>Both had the same role, and this side gave way (RFC 8445 §7.2.5.1, §7.3.1.1).</summary>
    public sealed record RoleChanged(IceRole Role) : IceEvent;

    /// <summary>The controlling side chose a pair; <paramref name="Value"/> is 0 where it nominates once and for all.</summary>
    public sealed record NominationMade(IcePath Path, uint Value, bool ByPeer) : IceEvent;

    /// <summary>There is no path, and patience has ended (RFC 8863 §4). A new candidate or a restart begins anew.</summary>
    public sealed record Failed(IceFailure Reason) : IceEvent;
}
