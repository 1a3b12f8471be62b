using Postern.Lab.Simulator.Hosts;

namespace Postern.Lab.Simulator;

/// <summary>One end of a pair.</summary>
/// <param name="Gateways">From the host outwards; one that is shared stands in both homes.</param>
/// <param name="Computer">The computer.</param>
/// <param name="Peer">The peer on it.</param>
public sealed record Home(IReadOnlyList<Gateway> Gateways, Computer Computer, PeerProgram Peer)
{
    /// <summary>Its last call, made or taken; null before there is one.</summary>
    public PeerCall? LastCall => Peer.Calls is [.., var last] ? last : null;
}
