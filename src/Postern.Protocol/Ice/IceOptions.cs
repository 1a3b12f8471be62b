using Postern.Protocol.Probing;

namespace Postern.Protocol.Ice;

/// <summary>What an <see cref="IceAgent"/> is told at birth.</summary>
public sealed record IceOptions
{
    /// <summary>Passes one's own router and dies before the peer's.</summary>
    public const byte UsualOpenerTimeToLive = 2;

    /// <summary>The offerer controls (RFC 8445 §6.1.1).</summary>
    public IceRole Role { get; init; } = IceRole.Controlling;

    /// <summary>Drawn where 0.</summary>
    public ulong Tiebreaker { get; init; }

    /// <summary>Least time between two new checks; RFC 8445 §14.2 recommends 50 ms and forbids less than 5.</summary>
    public TimeSpan Ta
    {
        get;
        init => field = value >= TimeSpan.FromMilliseconds(5) ? value : throw new ArgumentOutOfRangeException(nameof(value), "RFC 8445 §14.2: Ta is at least 5 ms.");
    } = TimeSpan.FromMilliseconds(20);

    /// <summary>Least time before a check is repeated; RFC 8445 §14.3 says 500 ms.</summary>
    public TimeSpan MinimumRto { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Time to live of the first packet of a check from a host towards a reflexive address; 0 for none. The side that is told
    /// first (the answerer) sets it, so that its early packet opens its own NAT without reaching, and poisoning, the peer's.
    /// </summary>
    public byte OpenerTimeToLive { get; init; }

    /// <summary>When an opener is first repeated, unless a check from the peer comes before.</summary>
    public TimeSpan OpenerDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long repeats too live no longer than an opener while no check from the peer, on any path, shows that it has our answer.</summary>
    public TimeSpan OpenerPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Both ends are Postern: nominate at once and again whenever a better path validates or the chosen one dies.</summary>
    public bool Renomination { get; init; }

    /// <summary>The peer answers checks but sends none (RFC 8445 §2.5): this side controls, whatever <see cref="Role"/> says.</summary>
    public bool PeerIsLite { get; init; }

    /// <summary>RFC 8445 §6.1.2.5: 100.</summary>
    public int MaximumPairs { get; init; } = 100;

    /// <summary>Signalled candidates beyond this many are passed over and counted.</summary>
    public int MaximumRemoteCandidates { get; init; } = 64;

    /// <summary>What each first packet from a host socket to a new destination port is paid from; null pays nothing.</summary>
    public ProbeAllowance? Allowance { get; init; }
}
