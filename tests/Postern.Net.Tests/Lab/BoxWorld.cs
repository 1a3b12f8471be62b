using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Packets;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Net.Tests.Lab;

/// <summary>The simulator's world with a box or a row of boxes, a computer behind them and a server before them: what a real laboratory is held against.</summary>
internal sealed class BoxWorld
{
    private static readonly TimeSpan Carrying = TimeSpan.FromMilliseconds(5); // every network has a tenth of one

    private readonly World _world;
    private readonly List<IBox> _boxes = [];
    private readonly End _inside;
    private readonly End _outside;
    private readonly Network _home;
    private readonly Instant _began;

    /// <param name="boxes">From the host outwards, each with its outer addresses.</param>
    /// <param name="inside">Addresses behind them.</param>
    /// <param name="server">Addresses of the server, which firewall rules know by this name.</param>
    /// <param name="seed">Of its luck.</param>
    public BoxWorld(IReadOnlyList<(BoxDescription Box, IReadOnlyList<IpAddress> Outer)> boxes, IpAddress[] inside, IpAddress[] server, int seed)
    {
        _world = new(new SeededRandom((ulong)seed + 1));
        (_inside, _outside, _home, _began) = (new(inside), new(server), _world.Internet, _world.Now);
        foreach (var ((description, outer), depth) in boxes.Select((box, depth) => (box, depth)).Reverse())
        {
            var box = BoxCatalogue.Build(description, outer, _world.Random, name => name == "server" ? server : []);
            _boxes.Add(box);
            _home = _home.AddNetwork($"n{depth}", box, LinkRules.Perfect, LinkRules.Perfect).Inner;
        }

        _home.Add(_inside);
        _world.Internet.Add(_outside);
    }

    /// <summary>Those that the boxes' guards have raised.</summary>
    public int Alarms => _boxes.OfType<FirewallBox>().Sum(box => box.Alarms);

    /// <summary>Lets time pass until so long after the world's beginning.</summary>
    public void Await(TimeSpan moment)
    {
        if (_began + moment is var until && until > _world.Now)
        {
            _world.Run(until - _world.Now);
        }
    }

    /// <summary>Lets so much time pass.</summary>
    public void Wait(TimeSpan time) => _world.Run(time);

    /// <summary>The packet as it arrives; null where it does not.</summary>
    /// <param name="header">As it is sent.</param>
    /// <param name="isOutbound">Whether the inside sends it; else the server.</param>
    /// <param name="toInside">Where it is awaited.</param>
    public PacketHeader? Carry(PacketHeader header, bool isOutbound, bool toInside)
    {
        var end = toInside ? _inside : _outside;
        end.Arrived = null;
        Send(header, isOutbound, Carrying);
        return end.Arrived;
    }

    /// <summary>What a packet from inside comes to: it arrives, or its sender hears that it is refused, or nothing.</summary>
    public Fate Try(PacketHeader header)
    {
        (_inside.Arrived, _inside.HasHeardError) = (null, false);
        return Carry(header, isOutbound: true, toInside: false) is not null ? Fate.Arrives
            : _inside.HasHeardError || (_inside.Arrived is { } answer && answer.Flags.HasFlag(TcpFlags.Rst)) ? Fate.Refused
            : Fate.Silence;
    }

    /// <summary>Sends a packet of the inside or the server, and lets so much time pass.</summary>
    public void Send(PacketHeader header, bool isOutbound, TimeSpan passing)
    {
        (isOutbound ? _home : _world.Internet).Send(header, default);
        _world.Run(passing);
    }

    private sealed class End(IReadOnlyList<IpAddress> addresses) : IHost
    {
        public IReadOnlyList<IpAddress> Addresses => addresses;

        public Instant NextDeadline => Instant.Never;

        public PacketHeader? Arrived { get; set; }

        public bool HasHeardError { get; set; }

        public void HandlePacket(Packet packet, Instant now)
        {
            var isError = packet.Header.Transport == Transport.IcmpError;
            HasHeardError |= isError;
            Arrived = isError ? Arrived : packet.Header;
        }

        public void HandleDeadline(Instant now)
        {
        }
    }
}
