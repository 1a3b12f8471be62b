using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>That one IP address may exchange data with an allocation (RFC 8656 §9).</summary>
internal sealed class RelayPermission(RelayAllocation allocation, IpAddress peer) : Lease
{
    public RelayAllocation Allocation { get; } = allocation;

    public IpAddress Peer { get; } = peer;
}
