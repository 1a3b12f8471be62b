using Postern.Lab.Boxes;
using Postern.Lab.Packets;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Simulator;

public class WorldTests
{
    private static readonly Endpoint Server = Endpoint.Parse("203.0.113.2:3478");
    private static readonly Endpoint Client = Endpoint.Parse("192.168.1.10:5000");

    [Fact]
    public void A_question_and_its_answer_cross_two_boxes_and_take_the_links_time()
    {
        var world = new World(new SeededRandom(1));
        var server = new Answerer(world.Internet, Server.Address, answers: true);
        var carrier = world.Internet.AddNetwork("carrier", Nat(world, "198.51.100.1"), Delay(10), Delay(10)).Inner;
        var home = carrier.AddNetwork("home", Nat(world, "100.64.0.7"), Delay(5), Delay(5)).Inner;
        var client = new Answerer(home, Client.Address);

        home.Send(Udp(Client, Server), "hi"u8);
        world.Run(TimeSpan.FromSeconds(1));
        server.Received.ShouldHaveSingleItem().Header.Source.ShouldBe(Endpoint.Parse("198.51.100.1:5000"));
        var answer = client.Received.ShouldHaveSingleItem();
        answer.Header.Source.ShouldBe(Server);
        answer.Header.Destination.ShouldBe(Client);
        (client.At[0] - Instant.FromMilliseconds(1000)).TotalMilliseconds.ShouldBe(30, 1);
    }

    [Fact]
    public void Two_homes_of_one_carrier_meet_inside_it_only_by_hairpin()
    {
        foreach (var (hairpin, arrives) in new[] { (Protocol.Nat.NatHairpin.Yes, true), (Protocol.Nat.NatHairpin.No, false) })
        {
            var world = new World(new SeededRandom(1));
            var open = new NatRules { Hairpin = hairpin, Filtering = Protocol.Nat.NatDependence.EndpointIndependent };
            var carrier = world.Internet.AddNetwork("carrier", new NatBox(open, [IpAddress.Parse("198.51.100.1")], world.Random), Delay(10), Delay(10)).Inner;
            var one = carrier.AddNetwork("one", new NatBox(open, [IpAddress.Parse("100.64.0.7")], world.Random), Delay(5), Delay(5)).Inner;
            var other = carrier.AddNetwork("other", new NatBox(open, [IpAddress.Parse("100.64.0.8")], world.Random), Delay(5), Delay(5)).Inner;
            var server = new Answerer(world.Internet, Server.Address);
            var (here, there) = (Client, Endpoint.Parse("192.168.2.10:6000"));
            _ = new Answerer(one, here.Address);
            var receiver = new Answerer(other, there.Address);

            other.Send(Udp(there, Server), []);
            world.Run(TimeSpan.FromSeconds(1));
            one.Send(Udp(here, server.Received[0].Header.Source), []);
            world.Run(TimeSpan.FromSeconds(1));
            receiver.Received.Count.ShouldBe(arrives ? 1 : 0);
        }
    }

    [Fact]
    public void Hops_use_up_the_time_to_live_and_say_so()
    {
        var world = new World(new SeededRandom(1));
        var link = Delay(10) with { Hops = 3 };
        var home = world.Internet.AddNetwork("home", Nat(world, "198.51.100.1"), link, link).Inner;
        var client = new Answerer(home, Client.Address);
        var server = new Answerer(world.Internet, Server.Address);
        home.Send(Udp(Client, Server) with { TimeToLive = 4 }, []);
        world.Run(TimeSpan.FromSeconds(1));
        server.Received.ShouldBeEmpty();
        client.Received.ShouldHaveSingleItem().Header.Error.ShouldBe(IcmpErrorKind.TimeExceeded);
        home.Send(Udp(Client, Server) with { TimeToLive = 5 }, []);
        world.Run(TimeSpan.FromSeconds(1));
        server.Received.ShouldHaveSingleItem().Header.TimeToLive.ShouldBe((byte)1);
    }

    [Fact]
    public void A_link_loses_doubles_and_holds_back_as_many_as_it_should()
    {
        var random = new SeededRandom(3);
        var link = new Link(new() { Delay = TimeSpan.FromMilliseconds(10), Loss = 0.1, Duplication = 0.05 }, random);
        var (lost, copies) = (0, 0);
        for (var i = 0; i < 10_000; i++)
        {
            lost += link.Carry(100, Instant.FromMilliseconds(i), out _, out var copy) == DropReason.Lost ? 1 : 0;
            copies += copy != Instant.Never ? 1 : 0;
        }

        lost.ShouldBeInRange(900, 1100);   // deviation 30
        copies.ShouldBeInRange(380, 520);  // deviation 21
        link.Carried.ShouldBe(10_000 - lost);
    }

    [Fact]
    public void A_link_with_a_rate_queues_and_then_drops()
    {
        var link = new Link(new() { Rate = 8_000_000, Queue = 5000 }, new SeededRandom(1));
        var now = Instant.FromMilliseconds(1000);
        link.Carry(1000, now, out var first, out _).ShouldBe(DropReason.None);
        (first - now).TotalMilliseconds.ShouldBe(1, 1e-6);
        for (var i = 1; i < 5; i++)
        {
            link.Carry(1000, now, out var arrival, out _).ShouldBe(DropReason.None);
            (arrival - now).TotalMilliseconds.ShouldBe(1 + i, 1e-6);
        }

        link.Carry(1000, now, out _, out _).ShouldBe(DropReason.QueueFull);
        link.Carry(2000, now + TimeSpan.FromMilliseconds(5), out _, out _).ShouldBe(DropReason.TooBig);
    }

    [Fact]
    public void Jitter_keeps_the_order_and_reordering_does_not()
    {
        var jittery = Arrivals(new() { Delay = TimeSpan.FromMilliseconds(10), Jitter = TimeSpan.FromMilliseconds(5) });
        jittery.ShouldBe(jittery.Order());
        var reordered = Arrivals(new() { Delay = TimeSpan.FromMilliseconds(10), Reordering = 0.1 });
        reordered.Zip(reordered.Skip(1)).Count(pair => pair.First > pair.Second).ShouldBeInRange(50, 150);
    }

    [Fact]
    public void One_seed_makes_one_sequence_of_packets()
    {
        Sequence(5).ShouldBe(Sequence(5));
        Sequence(5).ShouldNotBe(Sequence(6));
    }

    private static Instant[] Arrivals(LinkRules rules)
    {
        var link = new Link(rules, new SeededRandom(3));
        return [.. Enumerable.Range(0, 1000).Select(i =>
        {
            link.Carry(100, Instant.FromMilliseconds(i), out var arrival, out _);
            return arrival;
        })];
    }

    private static string[] Sequence(ulong seed)
    {
        var seen = new List<string>();
        var world = new World(new SeededRandom(seed)) { Tap = sighting => seen.Add($"{sighting.At} {sighting.Place} {sighting.Kind} {sighting.Header.Source} {sighting.Reason}") };
        _ = new Answerer(world.Internet, Server.Address, answers: true);
        var rules = new NatRules { Ports = new() { Rule = Protocol.Nat.PortRuleKind.Random } };
        var link = Delay(10) with { Loss = 0.3, Jitter = TimeSpan.FromMilliseconds(3) };
        var home = world.Internet.AddNetwork("home", new NatBox(rules, [IpAddress.Parse("198.51.100.1")], world.Random), link, link).Inner;
        _ = new Answerer(home, Client.Address);
        for (var i = 0; i < 20; i++)
        {
            home.Send(Udp(Client with { Port = (ushort)(5000 + i) }, Server), []);
        }

        world.Run(TimeSpan.FromSeconds(1));
        return [.. seen];
    }

    private static NatBox Nat(World world, string outer) => new(new(), [IpAddress.Parse(outer)], world.Random);

    private static LinkRules Delay(double milliseconds) => new() { Delay = TimeSpan.FromMilliseconds(milliseconds) };

    private static PacketHeader Udp(Endpoint from, Endpoint to) => new() { Transport = Transport.Udp, Source = from, Destination = to, TimeToLive = 64 };

    private sealed class Answerer : IHost
    {
        private readonly Network _network;
        private readonly bool _answers;

        public Answerer(Network network, IpAddress address, bool answers = false)
        {
            (_network, _answers, Addresses) = (network, answers, [address]);
            network.Add(this);
        }

        public IReadOnlyList<IpAddress> Addresses { get; }

        public Instant NextDeadline => Instant.Never;

        public List<Packet> Received { get; } = [];

        public List<Instant> At { get; } = [];

        public void HandlePacket(Packet packet, Instant now)
        {
            Received.Add(packet);
            At.Add(now);
            if (_answers)
            {
                _network.Send(packet.Header with { Source = packet.Header.Destination, Destination = packet.Header.Source, TimeToLive = 64 }, packet.Payload.Span);
            }
        }

        public void HandleDeadline(Instant now)
        {
        }
    }
}
