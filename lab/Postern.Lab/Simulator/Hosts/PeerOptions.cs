using Postern.Lab.Simulator.Hosts.Proxies;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>Who a peer of the laboratory is and how it behaves.</summary>
public sealed record PeerOptions
{
    public required string Name { get; init; }

    /// <summary>The switchboard, one endpoint of each family that it has.</summary>
    public required IReadOnlyList<Endpoint> Server { get; init; }

    /// <summary>Through which the switchboard and the relay's streams are dialled; null for none.</summary>
    public ProxyPlace? Proxy { get; init; }

    /// <summary>STUN servers to measure the NAT with; none leaves it unmeasured.</summary>
    public IReadOnlyList<Endpoint> StunServers { get; init; } = [];

    public required PeerKeys Keys { get; init; }

    /// <summary>How much it may probe.</summary>
    public ProbeMode Probe { get; init; }

    /// <summary>What all its probing is paid from.</summary>
    public IProbeBudget Budget { get; init; } = new ProbeBudget();

    /// <summary>What it remembers of earlier calls; null for nothing.</summary>
    public IPairMemories? Memories { get; init; }

    /// <summary>Makes of what was measured what a report of an earlier hour would say; null where it is fresh.</summary>
    public Func<NatReport, NatReport>? Remembered { get; init; }

    /// <summary>When its program is started.</summary>
    public TimeSpan StartsAfter { get; init; }

    /// <summary>Only the relay is used.</summary>
    public bool RelayOnly { get; init; }
}
