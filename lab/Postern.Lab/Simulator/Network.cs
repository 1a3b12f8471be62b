using Postern.Lab.Boxes;
using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator;

/// <summary>A network of hosts that reach each other directly, and of gateways to the networks inside it. It may itself lie behind one.</summary>
public sealed class Network
{
    private readonly World _world;
    private readonly Gateway? _uplink;
    private readonly Dictionary<IpAddress, IHost> _hosts = [];
    private readonly List<Gateway> _inner = [];

    internal Network(World world, string name, Gateway? uplink) => (_world, Name, _uplink) = (world, name, uplink);

    public string Name { get; }

    /// <summary>From one host to its neighbour, or to the gateway.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(0.1);

    public World World => _world;

    /// <summary>Which packets the network loses on purpose; null for none.</summary>
    public Func<PacketHeader, bool>? Blocked { get; set; }

    public void Add(IHost host)
    {
        _world.Add(host);
        foreach (var address in host.Addresses)
        {
            _hosts.Add(address, host);
        }
    }

    /// <summary>A network inside this one, behind a box and a link; returns its gateway.</summary>
    public Gateway AddNetwork(string name, IBox box, LinkRules up, LinkRules down)
    {
        var gateway = new Gateway(_world, this, name, box, new(up, _world.Random), new(down, _world.Random));
        _inner.Add(gateway);
        return gateway;
    }

    /// <summary>A host of this network sends a packet.</summary>
    public void Send(in PacketHeader header, ReadOnlySpan<byte> payload)
    {
        var packet = _world.Make(header, payload.ToArray());
        _world.See(Name, SightingKind.Sent, packet, header);
        Route(packet);
    }

    /// <summary>Brings a packet to whoever has its destination, here, further in or further out.</summary>
    internal void Route(Packet packet)
    {
        if (Blocked?.Invoke(packet.Header) == true)
        {
            _world.See(Name, SightingKind.Dropped, packet, packet.Header, DropReason.Refused);
            return;
        }

        if (TryDeliver(packet))
        {
            return;
        }

        if (_uplink is null)
        {
            _world.See(Name, SightingKind.Dropped, packet, packet.Header, DropReason.NoHost);
            return;
        }

        _world.At(Delay, () => _uplink.CarryOut(packet));
    }

    /// <summary>A packet from outside: further out it never goes again.</summary>
    internal void Deliver(Packet packet)
    {
        if (!TryDeliver(packet))
        {
            _world.See(Name, SightingKind.Dropped, packet, packet.Header, DropReason.NoHost);
        }
    }

    /// <summary>Whether a packet to that address finds its way from outside.</summary>
    internal bool Owns(IpAddress address) => _hosts.ContainsKey(address) || _inner.Exists(gateway => gateway.Owns(address));

    private bool TryDeliver(Packet packet)
    {
        var address = packet.Header.Destination.Address;
        if (_hosts.TryGetValue(address, out var host))
        {
            _world.At(Delay, () =>
            {
                _world.See(Name, SightingKind.Delivered, packet, packet.Header);
                host.HandlePacket(packet, _world.Now);
            });
            return true;
        }

        if (_inner.Find(gateway => gateway.Owns(address)) is not { } inner)
        {
            return false;
        }

        inner.CarryIn(packet);
        return true;
    }
}
