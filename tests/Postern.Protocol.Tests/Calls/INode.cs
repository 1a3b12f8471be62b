using Postern.Protocol.Net;

namespace Postern.Tests.Calls;

/// <summary>A machine with addresses at a site.</summary>
internal interface INode
{
    Instant NextDeadline { get; }

    bool Owns(IpAddress address);

    void HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now);

    void HandleDeadline(Instant now);
}
