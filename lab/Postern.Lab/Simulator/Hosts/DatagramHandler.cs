using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>Takes a datagram that has reached a socket.</summary>
public delegate void DatagramHandler(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint local);
