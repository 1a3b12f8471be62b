using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>A number that stands for one peer within an allocation (RFC 8656 §12).</summary>
internal sealed class RelayChannel(RelayAllocation allocation, ushort number, Endpoint peer) : Lease
{
    public RelayAllocation Allocation { get; } = allocation;

    public ushort Number { get; } = number;

    public Endpoint Peer { get; } = peer;

    /// <summary>The peer's permission, which the binding installed (RFC 8656 §12.2).</summary>
    public required RelayPermission Permission { get; set; }
}
