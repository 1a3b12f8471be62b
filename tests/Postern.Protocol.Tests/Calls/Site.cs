using Postern.Protocol.Net;

namespace Postern.Tests.Calls;

/// <summary>A network at the end of one link: some nodes, perhaps behind a NAT box.</summary>
internal sealed class Site(World world, TimeSpan toCore, NatBox? nat)
{
    private static readonly TimeSpan Inside = TimeSpan.FromMilliseconds(0.1);

    public List<INode> Nodes { get; } = [];

    public TimeSpan ToCore => toCore;

    public bool Owns(IpAddress address) => nat is not null ? nat.Public == address : Nodes.Exists(node => node.Owns(address));

    /// <summary>A node sends a datagram.</summary>
    public void Send(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, byte timeToLive)
    {
        var packet = new Packet(source, destination, datagram.ToArray(), timeToLive == 0 ? 64 : timeToLive);
        if (Nodes.Find(node => node.Owns(destination.Address)) is { } neighbour)
        {
            world.At(Inside, () => neighbour.HandleDatagram(packet.Payload, packet.Source, packet.Destination, world.Now));
            return;
        }

        if (nat is null)
        {
            world.Route(packet, this);
        }
        else if (nat.TranslateOut(packet, world.Random) is { } outside)
        {
            if (outside.Destination.Address != nat.Public)
            {
                world.Route(outside, this);
            }
            else if (nat.Hairpin)
            {
                world.At(Inside, () => HandleInbound(outside));
            }
        }
    }

    /// <summary>A datagram arrives from outside.</summary>
    public void HandleInbound(Packet packet)
    {
        var inside = nat is null ? packet : nat.TranslateIn(packet);
        if (inside is not null && Nodes.Find(node => node.Owns(inside.Destination.Address)) is { } node)
        {
            node.HandleDatagram(inside.Payload, inside.Source, inside.Destination, world.Now);
        }
    }
}
