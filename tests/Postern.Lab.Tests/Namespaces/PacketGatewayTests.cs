using Postern.Lab.Boxes;
using Postern.Lab.Namespaces.Routing;
using Postern.Lab.Packets;
using Postern.Lab.Simulator;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Tests.Kit;
using Postern.Tests.Packets;

namespace Postern.Tests.Namespaces;

[Collection(nameof(Alone))]
public class PacketGatewayTests
{
    private const string Inner = "192.168.1.10:5000";
    private const string Server = "203.0.113.2:3478";
    private const string Outer = $"{GatewayBench.Outer}:5000";
    private const string Inner6 = "[2001:db8:1::10]:5000";
    private const string Server6 = "[2001:db8::2]:3478";

    [Fact]
    public void A_datagram_goes_out_translated_and_its_answer_comes_back()
    {
        var bench = new GatewayBench();
        bench.FromInside(PacketBytes.UdpPacket(Inner, Server, [1]));
        bench.FromOutside(PacketBytes.UdpPacket(Server, Outer, [2]));

        Read(bench, 0).ShouldBe((RouterSide.Outer, Endpoint.Parse(Outer), Endpoint.Parse(Server), 63));
        Read(bench, 1).ShouldBe((RouterSide.Inner, Endpoint.Parse(Server), Endpoint.Parse(Inner), 63));
        bench.Sent.ShouldAllBe(sent => PacketBytes.IsSound(sent.Packet));
    }

    [Fact]
    public void IPv6_passes_untranslated_and_a_stranger_does_not()
    {
        var bench = new GatewayBench();
        bench.FromOutside(PacketBytes.UdpPacket(Server6, Inner6, [1]));
        bench.FromInside(PacketBytes.UdpPacket(Inner6, Server6, [1]));
        bench.FromOutside(PacketBytes.UdpPacket(Server6, Inner6, [2]));

        Read(bench, 0).ShouldBe((RouterSide.Outer, Endpoint.Parse(Inner6), Endpoint.Parse(Server6), 63));
        Read(bench, 1).ShouldBe((RouterSide.Inner, Endpoint.Parse(Server6), Endpoint.Parse(Inner6), 63));
        bench.Sent.Count.ShouldBe(2);
        bench.Gateway.Stats.Dropped(DropReason.NoMapping).ShouldBe(1);
    }

    [Fact]
    public void What_the_kernel_takes_from_the_time_to_live_is_given_back()
    {
        var bench = new GatewayBench(up: new() { Hops = 3 }, kernelHops: 1);
        bench.FromInside(PacketBytes.UdpPacket(Inner, Server, [1]));
        Read(bench, 0).TimeToLive.ShouldBe(64 + 1 - 1 - 3 + 1);
    }

    [Theory]
    [InlineData(Inner, Server)]
    [InlineData(Inner6, Server6)]
    public void Where_the_hops_end_time_is_exceeded(string source, string destination)
    {
        var bench = new GatewayBench(up: new() { Hops = 64 });
        bench.FromInside(PacketBytes.UdpPacket(source, destination, [1]));

        IpPacket.TryRead(bench.Sent[0].Packet, out var answer, out _).ShouldBe(PacketFault.None);
        (bench.Sent[0].Side, answer.Error, answer.Destination.Address).ShouldBe((RouterSide.Inner, IcmpErrorKind.TimeExceeded, Endpoint.Parse(source).Address));
        (answer.QuotedSource, answer.QuotedDestination).ShouldBe((Endpoint.Parse(source), Endpoint.Parse(destination)));
        PacketBytes.IsSound(bench.Sent[0].Packet).ShouldBeTrue();
    }

    [Fact]
    public void Delay_holds_packets_back_and_keeps_their_order()
    {
        var bench = new GatewayBench(up: new() { Delay = TimeSpan.FromMilliseconds(20) }, down: new() { Delay = TimeSpan.FromMilliseconds(30) });
        bench.FromInside(PacketBytes.UdpPacket(Inner, Server, [1]));
        bench.FromInside(PacketBytes.UdpPacket(Inner, Server, [2]));
        bench.Gateway.NextDeadline.ShouldBe(bench.Now + TimeSpan.FromMilliseconds(20));
        bench.Wait(19.9);
        bench.Sent.ShouldBeEmpty();
        bench.Wait(0.2);
        bench.Sent.Select(sent => sent.Packet[^1]).ShouldBe([1, 2]);

        bench.FromOutside(PacketBytes.UdpPacket(Server, Outer, [3]));
        bench.Wait(29.9);
        bench.Sent.Count.ShouldBe(2);
        bench.Wait(0.2);
        Read(bench, 2).Destination.ShouldBe(Endpoint.Parse(Inner));
    }

    [Fact]
    public void Loss_and_copies_come_in_their_shares()
    {
        var bench = new GatewayBench(up: new() { Loss = 0.25, Duplication = 0.5 });
        for (var i = 0; i < 4000; i++)
        {
            bench.FromInside(PacketBytes.UdpPacket(Inner, Server, [1]));
            bench.Wait(10);
        }

        bench.Gateway.Stats.Dropped(DropReason.Lost).ShouldBeInRange(900, 1100);
        bench.Sent.Count.ShouldBeInRange(4300, 4700);
    }

    [Theory]
    [InlineData(Inner, Server)]
    [InlineData(Inner6, Server6)]
    public void Fragments_follow_the_first_one_both_ways(string inner, string server)
    {
        var bench = new GatewayBench();
        var outer = Endpoint.Parse(inner).IsV4 ? Outer : inner;
        var (first, last) = PacketBytes.Fragments(PacketBytes.UdpPacket(inner, server, new byte[300]), 160, 7);
        bench.FromInside(first);
        bench.FromInside(last);
        (first, last) = PacketBytes.Fragments(PacketBytes.UdpPacket(server, outer, new byte[300]), 160, 9);
        bench.FromOutside(first);
        bench.FromOutside(last);

        Enumerable.Range(0, 4).Select(i => Read(bench, i)).Select(read => (read.Side, read.Source.Address, read.Destination.Address)).ShouldBe(
        [
            .. Enumerable.Repeat((RouterSide.Outer, Endpoint.Parse(outer).Address, Endpoint.Parse(server).Address), 2),
            .. Enumerable.Repeat((RouterSide.Inner, Endpoint.Parse(server).Address, Endpoint.Parse(inner).Address), 2),
        ]);
    }

    [Fact]
    public void A_fragment_without_its_first_one_is_lost_and_one_of_a_dropped_datagram_shares_its_fate()
    {
        var bench = new GatewayBench();
        var (_, alone) = PacketBytes.Fragments(PacketBytes.UdpPacket(Inner, Server, new byte[300]), 160, 7);
        bench.FromInside(alone);
        bench.Gateway.Stats.Dropped(DropReason.NoFirstFragment).ShouldBe(1);

        var (first, last) = PacketBytes.Fragments(PacketBytes.UdpPacket("203.0.113.9:1", Outer, new byte[300]), 160, 8);
        bench.FromOutside(first);
        bench.FromOutside(last);
        bench.Gateway.Stats.Dropped(DropReason.NoMapping).ShouldBe(2);
        bench.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void Fragments_are_remembered_within_a_bound()
    {
        var bench = new GatewayBench { Keeps = false };
        byte[] last = [];
        for (var id = 0u; id < 3000; id++)
        {
            (var first, last) = PacketBytes.Fragments(PacketBytes.UdpPacket(Inner, Server, new byte[64]), 32, id);
            bench.FromInside(first);
        }

        bench.FromInside(last);
        bench.Count.ShouldBe(3001);
        var (_, forgotten) = PacketBytes.Fragments(PacketBytes.UdpPacket(Inner, Server, new byte[64]), 32, 0);
        bench.FromInside(forgotten);
        bench.Gateway.Stats.Dropped(DropReason.NoFirstFragment).ShouldBe(1);
    }

    [Fact]
    public void Port_unreachable_finds_its_way_to_the_inner_sender()
    {
        var bench = new GatewayBench();
        bench.FromInside(PacketBytes.UdpPacket(Inner, Server, new byte[50]));
        bench.FromOutside(PacketBytes.ErrorPacket("203.0.113.2", GatewayBench.Outer, 3, 3, bench.Sent[0].Packet));

        IpPacket.TryRead(bench.Sent[1].Packet, out var error, out var shape).ShouldBe(PacketFault.None);
        (error.Error, error.QuotedSource, error.Destination.Address).ShouldBe((IcmpErrorKind.PortUnreachable, Endpoint.Parse(Inner), Endpoint.Parse(Inner).Address));
        PacketBytes.IsSound(bench.Sent[1].Packet).ShouldBeTrue();
        PacketBytes.IsSound(bench.Sent[1].Packet.AsSpan(shape.QuotedAt)).ShouldBeTrue();
    }

    [Fact]
    public void A_stranger_is_rejected_in_the_words_of_the_box()
    {
        var bench = new GatewayBench(new() { Unsolicited = RefusalAnswer.Reject });
        bench.FromOutside(PacketBytes.UdpPacket(Server, Outer, [1]));
        bench.FromOutside(PacketBytes.TcpPacket(Server, Outer, 2, sequence: 9));

        IpPacket.TryRead(bench.Sent[0].Packet, out var error, out _);
        IpPacket.TryRead(bench.Sent[1].Packet, out var reset, out _);
        (bench.Sent[0].Side, error.Error, error.QuotedDestination).ShouldBe((RouterSide.Outer, IcmpErrorKind.PortUnreachable, Endpoint.Parse(Outer)));
        (bench.Sent[1].Side, reset.Flags, reset.Acknowledgement).ShouldBe((RouterSide.Outer, TcpFlags.Rst | TcpFlags.Ack, 10u));
        bench.Sent.ShouldAllBe(sent => PacketBytes.IsSound(sent.Packet));
    }

    [Fact]
    public void A_hairpin_turns_round_with_the_outer_source()
    {
        var bench = new GatewayBench(new() { Hairpin = NatHairpin.Yes, Filtering = NatDependence.EndpointIndependent });
        bench.FromInside(PacketBytes.UdpPacket(Inner, Server, [1]));
        bench.FromInside(PacketBytes.UdpPacket("192.168.1.11:6000", Outer, [2]));
        Read(bench, 1).ShouldBe((RouterSide.Inner, Endpoint.Parse($"{GatewayBench.Outer}:6000"), Endpoint.Parse(Inner), 63));
        PacketBytes.IsSound(bench.Sent[1].Packet).ShouldBeTrue();
    }

    [Fact]
    public void Who_is_refused_on_the_way_round_hears_it_inside()
    {
        var bench = new GatewayBench(new() { Hairpin = NatHairpin.Yes, Unsolicited = RefusalAnswer.Reject });
        const string Closed = $"{GatewayBench.Outer}:5999";
        bench.FromInside(PacketBytes.UdpPacket(Inner, Closed, [1]));
        bench.FromInside(PacketBytes.TcpPacket(Inner, Closed, 2));

        IpPacket.TryRead(bench.Sent[0].Packet, out var error, out _);
        IpPacket.TryRead(bench.Sent[1].Packet, out var reset, out _);
        (bench.Sent[0].Side, error.Destination.Address, error.QuotedSource).ShouldBe((RouterSide.Inner, Endpoint.Parse(Inner).Address, Endpoint.Parse(Inner)));
        (bench.Sent[1].Side, reset.Destination, reset.Flags).ShouldBe((RouterSide.Inner, Endpoint.Parse(Inner), TcpFlags.Rst | TcpFlags.Ack));
    }

    [Fact]
    public void The_hot_path_allocates_nothing()
    {
        var bench = new GatewayBench(up: new() { Delay = TimeSpan.FromMilliseconds(1) }) { Keeps = false };
        var packets = (PacketBytes.UdpPacket(Inner, Server, new byte[1000]), PacketBytes.UdpPacket(Server, Outer, new byte[1000]));
        var buffer = new byte[2000];
        Carry(2000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Carry(2000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Carry(int count)
        {
            for (var i = 0; i < count; i++)
            {
                packets.Item1.CopyTo(buffer, 0);
                bench.Gateway.FromInside(buffer.AsSpan(0, packets.Item1.Length), bench.Now);
                packets.Item2.CopyTo(buffer, 0);
                bench.Gateway.FromOutside(buffer.AsSpan(0, packets.Item2.Length), bench.Now);
                bench.Wait(0.5);
            }
        }
    }

    [Fact]
    [Trait("part", "fuzz")]
    public void No_bytes_make_it_throw()
    {
        var bench = new GatewayBench(new() { Unsolicited = RefusalAnswer.Reject, Hairpin = NatHairpin.Yes, Limits = new() { Table = 64, WhenFull = TableFullRule.EvictOldest } }) { Keeps = false };
        var scratch = new byte[1600];
        var turn = 0;
        FuzzRun.Run(
            "ip-packet",
            bytes =>
            {
                bytes.CopyTo(scratch);
                if (turn++ % 2 == 0)
                {
                    bench.Gateway.FromInside(scratch.AsSpan(0, bytes.Length), bench.Now);
                }
                else
                {
                    bench.Gateway.FromOutside(scratch.AsSpan(0, bytes.Length), bench.Now);
                }

                bench.Wait(1);
            },
            cases: 200_000);
        bench.Count.ShouldBeGreaterThan(1000);
    }

    private static (RouterSide Side, Endpoint Source, Endpoint Destination, int TimeToLive) Read(GatewayBench bench, int number)
    {
        IpPacket.TryRead(bench.Sent[number].Packet, out var header, out _).ShouldBe(PacketFault.None);
        return (bench.Sent[number].Side, header.Source, header.Destination, header.TimeToLive);
    }
}
