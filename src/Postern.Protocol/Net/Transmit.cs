namespace Postern.Protocol.Net;

/// <summary>
/// What a machine wrote into its caller's buffer: the first <paramref name="Length"/> bytes are to leave from the socket
/// bound to <paramref name="Source"/> towards <paramref name="Destination"/>.
/// </summary>
/// <param name="Length">Bytes written.</param>
/// <param name="Source">The local socket, by the endpoint under which the machine knows it.</param>
/// <param name="Destination">The remote endpoint.</param>
/// <param name="TimeToLive">IP time to live for this datagram alone; 0 is the system's default.</param>
public readonly record struct Transmit(int Length, Endpoint Source, Endpoint Destination, byte TimeToLive = 0);
