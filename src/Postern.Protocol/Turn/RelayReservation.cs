using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>A port kept for a later allocation by EVEN-PORT (RFC 8656 §7.2); it counts like one.</summary>
internal sealed class RelayReservation(ulong token, Endpoint relayed, RelayOwner owner) : Lease
{
    public ulong Token { get; } = token;

    public Endpoint Relayed { get; } = relayed;

    public RelayOwner Owner { get; } = owner;
}
