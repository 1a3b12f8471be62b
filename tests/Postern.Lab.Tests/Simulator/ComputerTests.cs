using System.Text;
using Postern.Lab.Boxes;
using Postern.Lab.Packets;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Simulator;

/// <summary>What runs under the programs of the simulator: ports, TCP, answers of closed doors.</summary>
public class ComputerTests
{
    private static readonly IpAddress Here = IpAddress.Parse("192.0.2.1");
    private static readonly Endpoint There = Endpoint.Parse("203.0.113.2:80");

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void A_connection_through_loss_delivers_every_byte_in_order(double loss)
    {
        var (world, near, far) = Two(loss);
        var (client, server) = (new Ear(near), new Ear(far));
        far.Listen(There, connection => connection.Listener = server);
        var connection = near.Connect(Here, There, client);
        var sent = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},")));
        world.RunUntil(() => client.IsOpen, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        connection.Write(sent);
        near.Drain(connection);
        world.RunUntil(() => server.Received.Count == sent.Length, TimeSpan.FromSeconds(120)).ShouldBeTrue();
        server.Received.ShouldBe(sent);
    }

    [Fact]
    public void Both_opening_at_once_makes_one_connection()
    {
        var (world, near, far) = Two(0);
        var (a, b) = (Endpoint.Parse("192.0.2.1:5000"), Endpoint.Parse("203.0.113.2:6000"));
        var (one, other) = (new TcpConnection(a, b, 100), new TcpConnection(b, a, 900));
        one.Open(world.Now);
        other.Open(world.Now);
        for (var i = 0; i < 3; i++)
        {
            Exchange(one, other, world.Now);
        }

        (one.State, other.State).ShouldBe((TcpState.Established, TcpState.Established));
    }

    [Fact]
    public void A_closed_port_answers_with_a_reset()
    {
        var (world, near, _) = Two(0);
        var client = new Ear(near);
        near.Connect(Here, There, client);
        world.RunUntil(() => client.IsClosed, TimeSpan.FromSeconds(1)).ShouldBeTrue();
    }

    [Fact]
    public void A_closed_UDP_port_is_said_to_be_unreachable()
    {
        var (world, near, _) = Two(0);
        IcmpErrorKind? heard = null;
        near.ErrorReceived = (_, peer, kind, _) => heard = peer == There ? kind : null;
        var socket = near.Bind(Here, (_, _, _) => { });
        near.Send("hello"u8, socket, There);
        world.Run(TimeSpan.FromSeconds(1));
        heard.ShouldBe(IcmpErrorKind.PortUnreachable);
    }

    [Fact]
    public void What_loses_its_power_says_nothing_any_more()
    {
        var (world, near, far) = Two(0);
        var (client, server) = (new Ear(near), new Ear(far));
        far.Listen(There, connection => connection.Listener = server);
        var connection = near.Connect(Here, There, client);
        world.RunUntil(() => client.IsOpen, TimeSpan.FromSeconds(1)).ShouldBeTrue();
        far.PowerOff();
        connection.Write("anybody?"u8);
        near.Drain(connection);
        world.RunUntil(() => client.IsClosed, TimeSpan.FromSeconds(60)).ShouldBeTrue();
    }

    private static (World World, Computer Near, Computer Far) Two(double loss)
    {
        var world = new World(new SeededRandom(5));
        var link = new LinkRules { Delay = TimeSpan.FromMilliseconds(10), Loss = loss };
        var near = new Computer(world.Internet.AddNetwork("near", new OpenBox(), link, link).Inner, Here);
        return (world, near, new Computer(world.Internet, There.Address));
    }

    private static void Exchange(TcpConnection one, TcpConnection other, Instant now)
    {
        var toOther = Segments(one, now);
        var toOne = Segments(other, now);
        toOther.ForEach(segment => other.Take(segment, default, now));
        toOne.ForEach(segment => one.Take(segment, default, now));
    }

    private static List<PacketHeader> Segments(TcpConnection connection, Instant now)
    {
        var segments = new List<PacketHeader>();
        while (connection.TryTransmit(now, out var header, out _))
        {
            segments.Add(header);
        }

        return segments;
    }

    private sealed class Ear(Computer computer) : ITcpListener
    {
        public bool IsOpen { get; private set; }

        public bool IsClosed { get; private set; }

        public List<byte> Received { get; } = [];

        public void Opened(TcpConnection connection) => IsOpen = true;

        void ITcpListener.Received(TcpConnection connection, ReadOnlySpan<byte> bytes)
        {
            Received.AddRange(bytes);
            computer.Drain(connection);
        }

        public void Closed(TcpConnection connection) => IsClosed = true;
    }
}
