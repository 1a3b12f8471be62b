using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>Flows as connection tracking tells them apart, so that each packet of a bench opens one of its own.</summary>
internal sealed class FlowSet
{
    private readonly HashSet<(IpProtocol, IPAddress, ushort, IPAddress, ushort)> _ends = [];

    /// <summary>False where the packet would belong to a flow that is there, or be an answer to it.</summary>
    public bool Add(Packet packet, Judgement judgement)
    {
        var isNew = Add(packet.Protocol, (packet.Source, packet.SourcePort), (packet.Destination, packet.DestinationPort));
        if (!isNew || judgement.Verdict is not Verdict.Forward)
        {
            return isNew;
        }

        var source = (packet.Source, packet.SourcePort);
        var destination = (judgement.Destination, judgement.DestinationPort);
        return Add(packet.Protocol, source, destination)
            && (!judgement.IsHairpin || Add(packet.Protocol, (FirewallBench.Own(packet.From, packet.Version), packet.SourcePort), destination));
    }

    private bool Add(IpProtocol protocol, (IPAddress Address, ushort Port) one, (IPAddress Address, ushort Port) other)
    {
        var (first, second) = Number(one).CompareTo(Number(other)) <= 0 ? (one, other) : (other, one);
        return _ends.Add((protocol, first.Address, first.Port, second.Address, second.Port));
    }

    private static (UInt128, ushort) Number((IPAddress Address, ushort Port) end) => (AddressRange.Number(end.Address).Value, end.Port);
}
