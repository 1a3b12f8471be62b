using Postern.Protocol.Nat;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Identity;
using Postern.Sessions.Dtls;

namespace Postern.Sessions.Calls;

/// <summary>What a call is made with.</summary>
public sealed record CallOptions
{
    /// <summary>Of <see cref="GatheringPatience"/>, where nothing else is said.</summary>
    public static readonly TimeSpan UsualGatheringPatience = TimeSpan.FromMilliseconds(300);

    public required CallRole Role { get; init; }

    /// <summary>The session's identifier, the same on both sides; TURN credentials and signatures are bound to it.</summary>
    public required string Session { get; init; }

    public required string LocalName { get; init; }

    public required string RemoteName { get; init; }

    /// <summary>Our certificate for DTLS.</summary>
    public required DtlsCertificate Certificate { get; init; }

    /// <summary>Signs our offer or answer; null towards a peer that knows no signatures, such as a browser.</summary>
    public PeerIdentity? Identity { get; init; }

    /// <summary>
    /// Names the public key that must have signed the other side's offer or answer, when that is to be judged: a key that names
    /// null refuses. Null accepts unsigned ones, from peers whose signalling is trusted.
    /// </summary>
    public Func<string?>? RemoteKey { get; init; }

    /// <summary>STUN servers from which server-reflexive candidates are learnt (RFC 8445 §5.1.1.2).</summary>
    public IReadOnlyList<Protocol.Net.Endpoint> StunServers { get; init; } = [];

    /// <summary>Only relayed candidates are made and used: the other side learns no address of ours.</summary>
    public bool RelayOnly { get; init; }

    /// <summary>How long an offer waits for gathering before it leaves with what there is; the rest is trickled (RFC 8838).</summary>
    public TimeSpan GatheringPatience { get; init; } = UsualGatheringPatience;

    /// <summary>Offer and answer wait for gathering to end, for peers that cannot take candidates one by one.</summary>
    public bool GatherFirst { get; init; }

    /// <summary>A peer that cannot take candidates one by one is made to wait for the slowest server, within bounds.</summary>
    internal TimeSpan DescriptionPatience => GatherFirst ? TimeSpan.FromSeconds(6) : GatheringPatience;

    /// <summary>How many hops the opener of the side told first may go (nat-traversal: 2 passes our own router and dies before theirs).</summary>
    public byte OpenerTimeToLive { get; init; } = 2;

    /// <summary>What all probing is paid from; null keeps a purse for this call alone.</summary>
    public IProbeBudget? Budget { get; init; }

    /// <summary>What worked between networks before; null remembers nothing.</summary>
    public IPairMemories? Memories { get; init; }

    /// <summary>How much the networks on the way may be bothered for a direct path. Between two sides the more careful word holds.</summary>
    public ProbeMode Probe { get; init; }

    /// <summary>Wall clock at instant zero, for the age of offers.</summary>
    public DateTimeOffset Epoch { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>What was measured of our own NAT; null where nothing was.</summary>
    public NatReport? NatReport { get; init; }
}
