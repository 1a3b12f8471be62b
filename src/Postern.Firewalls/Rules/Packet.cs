using System.Net;

namespace Postern.Firewalls.Rules;

/// <summary>The packet that opens a flow, as the evaluator sees it.</summary>
/// <param name="From">The zone that it comes from; <see cref="Zone.Self"/> where the firewall itself sends it.</param>
/// <param name="To">The zone that its destination lies in as the packet stands; <see cref="Zone.Self"/> for an address of the firewall.</param>
/// <param name="Protocol">Never <see cref="IpProtocol.Any"/>.</param>
/// <param name="Source">Address of the sender.</param>
/// <param name="SourcePort">0 where the protocol has no ports.</param>
/// <param name="Destination">Address that it is sent to.</param>
/// <param name="DestinationPort">0 where the protocol has no ports.</param>
/// <param name="IcmpType">Type of ICMP or ICMPv6.</param>
public sealed record Packet(
    Zone From, Zone To, IpProtocol Protocol, IPAddress Source, ushort SourcePort, IPAddress Destination, ushort DestinationPort, byte IcmpType = 0)
{
    public IpVersion Version => AddressRange.Number(Source).Version;
}
