using Postern.Lab.Boxes;
using Postern.Lab.Namespaces.Routing;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Namespaces;

/// <summary>A gateway for bytes without devices: what it sends is kept.</summary>
internal sealed class GatewayBench : IPacketSink
{
    public const string Outer = "198.51.100.2";

    public GatewayBench(NatRules? rules = null, LinkRules? up = null, LinkRules? down = null, int kernelHops = 0)
    {
        var random = new SeededRandom(1);
        var box = new NatBox(rules ?? new(), [IpAddress.Parse(Outer), IpAddress.Parse("2001:db8:0:f::1")], random);
        Gateway = new(box, new(up ?? LinkRules.Perfect, random), new(down ?? LinkRules.Perfect, random), this, kernelHops);
    }

    public PacketGateway Gateway { get; }

    public List<(RouterSide Side, byte[] Packet)> Sent { get; } = [];

    public bool Keeps { get; set; } = true;

    public long Count { get; private set; }

    public Instant Now { get; private set; } = Instant.FromMilliseconds(1000);

    public void Wait(double milliseconds)
    {
        Now += TimeSpan.FromMilliseconds(milliseconds);
        Gateway.HandleDeadline(Now);
    }

    public void FromInside(byte[] packet) => Gateway.FromInside(packet.ToArray(), Now);

    public void FromOutside(byte[] packet) => Gateway.FromOutside(packet.ToArray(), Now);

    void IPacketSink.Send(RouterSide side, ReadOnlySpan<byte> packet)
    {
        Count++;
        if (Keeps)
        {
            Sent.Add((side, packet.ToArray()));
        }
    }
}
