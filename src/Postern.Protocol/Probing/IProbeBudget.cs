using Postern.Protocol.Net;

namespace Postern.Protocol.Probing;

/// <summary>
/// The one purse of a network from which all probing is paid: every new destination port counts, ordinary ICE checks and the
/// peer's relayed ports included. Our own servers' listening ports are not asked for, but whoever counts new ports sees them too.
/// </summary>
public interface IProbeBudget
{
    /// <summary>Pays for a packet to this endpoint, which costs nothing where it was paid for before; otherwise says when to ask again.</summary>
    bool TrySpend(Endpoint destination, ProbeLimits limits, Instant now, out Instant retryAt);

    /// <summary>A new flow to a server of ours. It is never refused; true where a watcher counts its port as one more.</summary>
    bool NoteServer(Endpoint server, Instant now);

    /// <summary>How many of the mappings that are wanted towards this address may be made in our own NAT now; they count until the NAT has forgotten them.</summary>
    int TakeMappings(IpAddress target, int wanted, ProbeLimits limits, Instant now);

    /// <summary>The same for mappings of which some alone are of no use: all of them, or none is spent.</summary>
    bool TryTakeMappings(IpAddress target, int wanted, ProbeLimits limits, Instant now);

    /// <summary>A firewall seems to shut us out: nothing new is opened before <paramref name="until"/>.</summary>
    void Suspend(Instant until);
}
