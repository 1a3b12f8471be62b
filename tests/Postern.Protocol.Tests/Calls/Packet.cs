using Postern.Protocol.Net;

namespace Postern.Tests.Calls;

/// <summary>A UDP datagram under way.</summary>
internal sealed record Packet(Endpoint Source, Endpoint Destination, byte[] Payload, int TimeToLive);
