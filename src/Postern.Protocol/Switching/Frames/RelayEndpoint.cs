namespace Postern.Protocol.Switching.Frames;

/// <summary>A STUN and TURN server as the switchboard tells it.</summary>
/// <param name="Port">UDP port for STUN and TURN.</param>
/// <param name="Host">Address or host name; null is the host that the client dialled for the switchboard.</param>
/// <param name="SecondPort">Another port of the same address for NAT measurements (RFC 5780 §3); 0 where there is none.</param>
/// <param name="SecondHost">A second address for NAT measurements; null where there is none.</param>
/// <param name="Stream">Whether it is also reached over a WebSocket at <c>/relay</c>, beside the switchboard's own.</param>
public sealed record RelayEndpoint(int Port, string? Host = null, int SecondPort = 0, string? SecondHost = null, bool Stream = false);
