using Postern.Lab.Boxes;
using Postern.Lab.Packets;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using static Postern.Tests.Boxes.BoxBench;

namespace Postern.Tests.Boxes;

/// <summary>RFC 4787 word by word.</summary>
public class NatBoxTests
{
    private const NatDependence Independent = NatDependence.EndpointIndependent;
    private const NatDependence ByAddress = NatDependence.AddressDependent;
    private const NatDependence ByPort = NatDependence.AddressAndPortDependent;

    private static readonly PortAssignment AnyPort = new() { Rule = PortRuleKind.Random };

    [Theory]
    [InlineData(Independent, true, true)]
    [InlineData(ByAddress, true, false)]
    [InlineData(ByPort, false, false)]
    public void A_mapping_is_used_again_as_far_as_it_does_not_depend(NatDependence mapping, bool sameToOtherPort, bool sameToOtherHost)
    {
        var bench = new BoxBench(new() { Mapping = mapping, Ports = AnyPort });
        var outer = bench.Out(Inner, Server).Outer;
        bench.Out(Inner, Server).Outer.ShouldBe(outer);
        (bench.Out(Inner, OtherPort).Outer == outer).ShouldBe(sameToOtherPort);
        (bench.Out(Inner, OtherHost).Outer == outer).ShouldBe(sameToOtherHost);
    }

    [Theory]
    [InlineData(Independent, true, true)]
    [InlineData(ByAddress, true, false)]
    [InlineData(ByPort, false, false)]
    public void Who_may_come_in_depends_on_whom_we_wrote_to(NatDependence filtering, bool otherPort, bool otherHost)
    {
        var bench = new BoxBench(new() { Filtering = filtering });
        bench.In(Server, new(bench.Box.OuterAddresses[0], Inner.Port)).Reason.ShouldBe(DropReason.NoMapping);
        var outer = bench.Out(Inner, Server).Outer;
        bench.In(Server, outer).Inner.ShouldBe(Inner);
        (bench.In(OtherPort, outer).Reason == DropReason.None).ShouldBe(otherPort);
        (bench.In(OtherHost, outer).Reason == DropReason.None).ShouldBe(otherHost);
    }

    [Fact]
    public void Ports_are_kept_offset_counted_up_or_down_with_wrap()
    {
        new BoxBench(new()).Out(Inner, Server).Outer.Port.ShouldBe(Inner.Port);
        new BoxBench(new() { Ports = new() { Rule = PortRuleKind.Offset, Offset = 30000 } }).Out(Inner, Server).Outer.Port.ShouldBe((ushort)35000);
        Ports(new() { Rule = PortRuleKind.Step, Step = 1, First = 40000, Last = 40003 }).ShouldBeCycle(40000, 40003, 1);
        Ports(new() { Rule = PortRuleKind.Step, Step = -1, First = 40000, Last = 40003 }).ShouldBeCycle(40000, 40003, -1);
    }

    [Fact]
    public void A_subscribers_ports_lie_in_one_aligned_block_and_end_with_it()
    {
        var bench = new BoxBench(new() { Mapping = ByPort, Ports = new() { Rule = PortRuleKind.Block, BlockSize = 64 } });
        var ports = Enumerable.Range(1, 64).Select(n => (int)bench.Out(Inner, Server with { Port = (ushort)n }).Outer.Port).ToArray();
        ports.Select(port => port / 64).Distinct().ShouldHaveSingleItem();
        ports.ShouldBeUnique();
        ports.ShouldNotBe([.. ports.Order()]);
        bench.Out(Inner, OtherHost).Reason.ShouldBe(DropReason.NoPort);
        ((int)bench.Out(Neighbour, OtherHost).Outer.Port / 64).ShouldNotBe(ports[0] / 64);
    }

    [Fact]
    public void Cross_traffic_moves_a_counter_by_as_much_as_it_makes_mappings()
    {
        var bench = new BoxBench(new() { Mapping = ByPort, CrossTraffic = 100, Ports = new() { Rule = PortRuleKind.Step } });
        var first = bench.Out(Inner, Server).Outer.Port;
        bench.Wait(10);
        var moved = (bench.Out(Inner, OtherPort).Outer.Port - first + 64512) % 64512;
        moved.ShouldBeInRange(900, 1100); // 1,000 expected, deviation 32
        (bench.Out(Inner, OtherHost).Outer.Port - first).ShouldBe(moved + 1);
    }

    [Fact]
    public void Linux_gives_a_second_client_with_the_same_port_another_one_where_they_meet_and_there_only()
    {
        var bench = new BoxBench(new() { Overloads = true, Expiry = new() { PerRemote = true } });
        bench.Out(Inner, Server).Outer.Port.ShouldBe(Inner.Port);
        bench.Out(Neighbour, OtherHost).Outer.Port.ShouldBe(Inner.Port);
        var other = bench.Out(Neighbour, Server).Outer;
        other.Port.ShouldNotBe(Inner.Port);
        bench.In(Server, other).Inner.ShouldBe(Neighbour);
        bench.In(Server, other with { Port = Inner.Port }).Inner.ShouldBe(Inner);
        bench.In(OtherHost, other with { Port = Inner.Port }).Inner.ShouldBe(Neighbour);
        bench.Out(Neighbour, OtherPort).Outer.Port.ShouldBe(other.Port, "the newest mapping that is free is used again");
    }

    [Fact]
    public void A_datagram_that_comes_too_early_takes_the_port_where_the_box_lets_it()
    {
        var bench = new BoxBench(new() { Overloads = true, EarlyInbound = EarlyInbound.TakesPort });
        var outer = bench.Out(Inner, Server).Outer;
        bench.In(OtherHost, outer).Reason.ShouldBe(DropReason.Filtered);
        bench.In(OtherPort, outer).Reason.ShouldBe(DropReason.Filtered);
        bench.Out(Inner, OtherHost).Outer.Port.ShouldNotBe(outer.Port);

        var patient = new BoxBench(new() { Overloads = true, EarlyInbound = EarlyInbound.TakesPort });
        patient.Out(Inner, Server);
        patient.In(OtherHost, outer).Reason.ShouldBe(DropReason.Filtered);
        patient.Wait(31);
        patient.Out(Inner, OtherHost).Outer.ShouldBe(outer);

        var shut = new BoxBench(new() { EarlyInbound = EarlyInbound.ShutsOut });
        outer = shut.Out(Inner, Server).Outer;
        shut.In(OtherHost, outer);
        shut.Out(Inner, OtherHost).Reason.ShouldBe(DropReason.TooEarly);
        shut.Wait(31);
        shut.Out(Inner, OtherHost).Outer.ShouldBe(outer);
    }

    [Theory]
    [InlineData(Refreshing.Outbound, true, false)]
    [InlineData(Refreshing.Inbound, false, true)]
    [InlineData(Refreshing.Both, true, true)]
    public void Packets_keep_a_mapping_alive_in_the_directions_that_count(Refreshing refreshing, bool byOut, bool byIn)
    {
        var rules = new NatRules { Ports = AnyPort, Expiry = new() { Refreshing = refreshing, UdpNew = 30, UdpStream = 30 } };
        var (sending, hearing) = (new BoxBench(rules), new BoxBench(rules));
        var outer = sending.Out(Inner, Server).Outer;
        hearing.Out(Inner, Server);
        sending.Wait(20);
        hearing.Wait(20);
        sending.Out(Inner, Server);
        hearing.In(Server, outer).Inner.ShouldBe(Inner);
        sending.Wait(20);
        hearing.Wait(20);
        (sending.In(Server, outer).Reason == DropReason.None).ShouldBe(byOut);
        (hearing.In(Server, outer).Reason == DropReason.None).ShouldBe(byIn);
    }

    /// <summary>As Linux counts: neither the first answer nor a quick exchange makes a stream.</summary>
    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(2, 0, false)]
    [InlineData(2, 3, true)]
    public void Two_directions_are_a_stream_from_an_age_on(double age, int wait, bool isStream)
    {
        var bench = new BoxBench(new() { Expiry = new() { PerRemote = true, Refreshing = Refreshing.Both, UdpNew = 30, UdpStream = 120, UdpStreamAfter = age } });
        var outer = bench.Out(Inner, Server).Outer;
        bench.In(Server, outer).Inner.ShouldBe(Inner);
        bench.Wait(wait);
        bench.Out(Inner, Server);
        bench.Wait(31);
        (bench.In(Server, outer).Reason == DropReason.None).ShouldBe(isStream);
    }

    [Fact]
    public void A_stream_lives_longer_than_a_question_without_an_answer_and_each_remote_for_itself()
    {
        var bench = new BoxBench(new() { Expiry = new() { PerRemote = true, Refreshing = Refreshing.Both, UdpNew = 30, UdpStream = 120 } });
        var outer = bench.Out(Inner, Server).Outer;
        bench.Out(Inner, OtherHost);
        bench.In(Server, outer).Inner.ShouldBe(Inner);
        bench.Out(Inner, Server);
        bench.Wait(31);
        bench.In(OtherHost, outer).Reason.ShouldBe(DropReason.Filtered);
        bench.Wait(80);
        bench.In(Server, outer).Inner.ShouldBe(Inner);
        bench.Wait(121);
        bench.In(Server, outer).Reason.ShouldBe(DropReason.NoMapping);
        Events(bench).OfType<BoxEvent.MappingGone>().ShouldHaveSingleItem().Reason.ShouldBe("expired");
    }

    [Fact]
    public void What_is_full_refuses_or_forgets_the_one_that_was_idle_longest()
    {
        var refusing = new BoxBench(new() { Limits = new() { Table = 2 } });
        refusing.Out(Inner, Server);
        refusing.Out(Inner with { Port = 2 }, Server);
        refusing.Out(Inner with { Port = 3 }, Server).Reason.ShouldBe(DropReason.TableFull);

        var evicting = new BoxBench(new() { Limits = new() { Table = 2, WhenFull = TableFullRule.EvictOldest } });
        var outer = evicting.Out(Inner, Server).Outer;
        evicting.Wait(1);
        evicting.Out(Inner with { Port = 2 }, Server);
        evicting.Out(Inner with { Port = 3 }, Server).Reason.ShouldBe(DropReason.None);
        evicting.In(Server, outer).Reason.ShouldBe(DropReason.NoMapping);

        var strict = new BoxBench(new() { Limits = new() { PerSubscriber = 1 } });
        strict.Out(Inner, Server);
        strict.Out(Inner with { Port = 2 }, Server).Reason.ShouldBe(DropReason.NoPort);
        strict.Out(Neighbour with { Port = 2 }, Server).Reason.ShouldBe(DropReason.None);
    }

    [Fact]
    public void Several_addresses_are_paired_or_drawn_and_parity_is_kept()
    {
        var paired = new BoxBench(new() { Addresses = 4, Mapping = ByPort, Ports = AnyPort, KeepsParity = true });
        var outer = Enumerable.Range(1, 50).Select(n => paired.Out(Inner, Server with { Port = (ushort)n }).Outer).ToArray();
        outer.Select(o => o.Address).Distinct().ShouldHaveSingleItem();
        outer.ShouldAllBe(o => o.Port % 2 == 0);
        var drawn = new BoxBench(new() { Addresses = 4, Mapping = ByPort, Ports = AnyPort, Pooling = Pooling.Arbitrary });
        Enumerable.Range(1, 50).Select(n => drawn.Out(Inner, Server with { Port = (ushort)n }).Outer.Address).Distinct().Count().ShouldBe(4);
    }

    [Theory]
    [InlineData(NatHairpin.No, DropReason.NoHairpin, false)]
    [InlineData(NatHairpin.Yes, DropReason.None, false)]
    [InlineData(NatHairpin.YesFromInside, DropReason.None, true)]
    public void Neighbours_meet_at_the_outer_address_where_the_box_turns_packets_round(NatHairpin hairpin, DropReason reason, bool fromInside)
    {
        var bench = new BoxBench(new() { Hairpin = hairpin, Filtering = Independent, Ports = AnyPort });
        var outer = bench.Out(Inner, Server).Outer;
        var header = Header(Neighbour, outer, Transport.Udp, TcpFlags.None, 0, 0);
        var passage = bench.Box.Outbound(ref header, bench.Now);
        passage.Reason.ShouldBe(reason);
        if (reason == DropReason.None)
        {
            passage.Kind.ShouldBe(PassageKind.TurnedRound);
            header.Destination.ShouldBe(Inner);
            header.Source.ShouldBe(fromInside ? Neighbour : bench.Out(Neighbour, Server).Outer);
        }
    }

    [Fact]
    public void A_low_time_to_live_opens_the_port_and_dies_beyond_the_box()
    {
        var bench = new BoxBench(new());
        var header = Header(Inner, Server, Transport.Udp, TcpFlags.None, 0, 0) with { TimeToLive = 2 };
        bench.Box.Outbound(ref header, bench.Now).Kind.ShouldBe(PassageKind.Passed);
        header.TimeToLive.ShouldBe((byte)1);
        bench.In(Server, header.Source).Inner.ShouldBe(Inner);
        bench.Box.Outbound(ref header, bench.Now).ShouldBe(Passage.Answered(DropReason.TimeExceeded));
        (header.Transport, header.Error).ShouldBe((Transport.IcmpError, IcmpErrorKind.TimeExceeded));
    }

    [Fact]
    public void An_icmp_error_finds_its_way_back_to_whoever_it_is_about()
    {
        var bench = new BoxBench(new() { Ports = AnyPort });
        var sent = Header(Inner, Server, Transport.Udp, TcpFlags.None, 0, 0);
        bench.Box.Outbound(ref sent, bench.Now);
        var error = sent.Refusal(Server.Address, IcmpErrorKind.PortUnreachable);
        bench.Box.Inbound(ref error, bench.Now).Kind.ShouldBe(PassageKind.Passed);
        (error.Destination.Address, error.QuotedSource, error.QuotedDestination).ShouldBe((Inner.Address, Inner, Server));

        var forged = (sent with { Destination = OtherHost }).Refusal(OtherHost.Address, IcmpErrorKind.PortUnreachable);
        bench.Box.Inbound(ref forged, bench.Now).ShouldBe(Passage.Dropped(DropReason.NoMapping));
    }

    [Theory]
    [InlineData(RefusalAnswer.Silence, PassageKind.Dropped, IcmpErrorKind.None)]
    [InlineData(RefusalAnswer.Reject, PassageKind.Answered, IcmpErrorKind.PortUnreachable)]
    [InlineData(RefusalAnswer.Prohibited, PassageKind.Answered, IcmpErrorKind.Prohibited)]
    public void A_stranger_hears_what_the_rules_say(RefusalAnswer answer, PassageKind kind, IcmpErrorKind error)
    {
        var bench = new BoxBench(new() { Unsolicited = answer });
        var header = Header(Server, new(bench.Box.OuterAddresses[0], 5000), Transport.Udp, TcpFlags.None, 0, 0);
        bench.Box.Inbound(ref header, bench.Now).Kind.ShouldBe(kind);
        header.Error.ShouldBe(error);
    }

    /// <summary>What was measured of Linux (research on firewalls, V6): crossing SYNs pass, a SYN/ACK or RST of something else does not, a bare ACK does.</summary>
    [Fact]
    public void Tcp_segments_are_judged_by_what_they_acknowledge()
    {
        var bench = new BoxBench(new());
        var outer = bench.Out(Inner, Server, Transport.Tcp, TcpFlags.Syn, sequence: 1000).Outer;
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Syn | TcpFlags.Ack, 77).Reason.ShouldBe(DropReason.WrongState);
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Rst | TcpFlags.Ack, 77).Reason.ShouldBe(DropReason.WrongState);
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Ack, 77).Reason.ShouldBe(DropReason.None);
        bench = new BoxBench(new());
        bench.Out(Inner, Server, Transport.Tcp, TcpFlags.Syn, sequence: 1000);
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Syn).Reason.ShouldBe(DropReason.None);
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Syn | TcpFlags.Ack, 1001).Reason.ShouldBe(DropReason.None);

        var wary = new BoxBench(new() { Tcp = new() { LetsSynCross = false, LetsWrongAckPass = true } });
        wary.Out(Inner, Server, Transport.Tcp, TcpFlags.Syn, sequence: 1000);
        wary.In(Server, outer, Transport.Tcp, TcpFlags.Syn).Reason.ShouldBe(DropReason.WrongState);
        wary.In(Server, outer, Transport.Tcp, TcpFlags.Syn | TcpFlags.Ack, 77).Reason.ShouldBe(DropReason.None);
    }

    [Fact]
    public void An_established_connection_outlives_a_half_open_one_and_a_reset_one_does_not()
    {
        var bench = new BoxBench(new() { Expiry = new() { TcpTransitory = 240, TcpEstablished = 7440 } });
        var outer = bench.Out(Inner, Server, Transport.Tcp, TcpFlags.Syn, sequence: 1).Outer;
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Syn | TcpFlags.Ack, 2);
        bench.Out(Inner, Server, Transport.Tcp, TcpFlags.Ack, sequence: 2);
        bench.Wait(7000);
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Ack).Reason.ShouldBe(DropReason.None);
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Rst).Reason.ShouldBe(DropReason.None);
        bench.Wait(241);
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Ack).Reason.ShouldBe(DropReason.NoMapping);
    }

    [Theory]
    [InlineData(true, DropReason.None)]
    [InlineData(false, DropReason.NoMapping)]
    public void A_syn_again_keeps_a_mapping_where_it_counts(bool counts, DropReason reason)
    {
        var bench = new BoxBench(new() { Expiry = new() { TcpTransitory = 100, TcpSynAgainRefreshes = counts } });
        var outer = bench.Out(Inner, Server, Transport.Tcp, TcpFlags.Syn, sequence: 1).Outer;
        bench.Wait(60);
        bench.Out(Inner, Server, Transport.Tcp, TcpFlags.Syn, sequence: 1).Outer.ShouldBe(outer);
        bench.Wait(60);
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Syn | TcpFlags.Ack, 2).Reason.ShouldBe(reason);
    }

    [Theory]
    [InlineData(false, DropReason.None)]
    [InlineData(true, DropReason.NoMapping)]
    public void A_refusal_ends_a_mapping_where_it_does(bool ends, DropReason reason)
    {
        var bench = new BoxBench(new() { Expiry = new() { PerRemote = true, TcpRefusalEnds = ends } });
        var outer = bench.Out(Inner, Server, Transport.Tcp, TcpFlags.Syn, sequence: 1).Outer;
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Rst | TcpFlags.Ack, 2).Reason.ShouldBe(DropReason.None);
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Syn).Reason.ShouldBe(reason);
        bench.Out(Inner, Server, Transport.Tcp, TcpFlags.Syn, sequence: 1);
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Syn | TcpFlags.Ack, 2).Reason.ShouldBe(DropReason.None);
    }

    [Fact]
    public void The_port_of_a_closed_connection_is_free_when_its_last_remote_endpoint_is_forgotten()
    {
        var bench = new BoxBench(new() { Mapping = NatDependence.AddressAndPortDependent, Ports = new() { Rule = PortRuleKind.Step, Step = 1 }, Expiry = new() { PerRemote = true } });
        var outer = bench.Out(Inner, Server, Transport.Tcp, TcpFlags.Syn, sequence: 1).Outer;
        bench.In(Server, outer, Transport.Tcp, TcpFlags.Syn | TcpFlags.Ack, 2);
        bench.Out(Inner, Server, Transport.Tcp, TcpFlags.Ack, sequence: 2).Outer.ShouldBe(outer);
        bench.Out(Inner, Server, Transport.Tcp, TcpFlags.Fin | TcpFlags.Ack, sequence: 2);
        bench.Wait(241);
        bench.Out(Inner, Server, Transport.Tcp, TcpFlags.Syn, sequence: 1).Outer.Port.ShouldBe((ushort)(outer.Port + 1));
    }

    /// <summary>As the kernel has it: what is answered with an RST is forgotten with it, and an echo's reply opens nothing.</summary>
    [Theory]
    [InlineData(Transport.Udp, RefusalAnswer.Reject, true)]
    [InlineData(Transport.Tcp, RefusalAnswer.Reject, false)]
    [InlineData(Transport.Tcp, RefusalAnswer.Silence, true)]
    [InlineData(Transport.Echo, RefusalAnswer.Reject, false)]
    public void What_comes_too_early_takes_the_port_where_something_of_it_stays(Transport transport, RefusalAnswer answer, bool takes)
    {
        var bench = new BoxBench(new() { EarlyInbound = EarlyInbound.TakesPort, Unsolicited = answer, Overloads = true });
        var server = Server with { Port = transport == Transport.Echo ? (ushort)0 : Server.Port };
        bench.In(server, new(bench.Box.OuterAddresses[0], Inner.Port), transport, TcpFlags.Syn).Reason.ShouldBe(DropReason.NoMapping);
        (bench.Out(Inner, server, transport, TcpFlags.Syn).Outer.Port == Inner.Port).ShouldBe(!takes);
    }

    [Fact]
    public void An_echo_is_translated_by_its_identifier_and_forgotten_after_a_minute()
    {
        var bench = new BoxBench(new() { Ports = AnyPort });
        var outer = bench.Out(Inner, Server with { Port = 0 }, Transport.Echo).Outer;
        outer.Port.ShouldNotBe(Inner.Port);
        bench.In(Server with { Port = 0 }, outer, Transport.Echo).Inner.ShouldBe(Inner);
        bench.Wait(61);
        bench.In(Server with { Port = 0 }, outer, Transport.Echo).Reason.ShouldBe(DropReason.NoMapping);
    }

    [Fact]
    public void Ipv6_is_filtered_and_not_translated()
    {
        var bench = new BoxBench(new() { Mapping = ByPort, Ports = AnyPort });
        var (inner, server) = (Endpoint.Parse("[2001:db8:1::10]:5000"), Endpoint.Parse("[2001:db8::2]:3478"));
        bench.In(server, inner).Reason.ShouldBe(DropReason.NoMapping);
        bench.Out(inner, server).Outer.ShouldBe(inner);
        bench.In(server, inner).Inner.ShouldBe(inner);
        bench.In(server with { Port = 1 }, inner).Reason.ShouldBe(DropReason.Filtered);
    }

    [Fact]
    public void A_restart_forgets_everything()
    {
        var bench = new BoxBench(new() { Ports = AnyPort });
        var outer = bench.Out(Inner, Server).Outer;
        bench.Box.Forget(bench.Now);
        bench.In(Server, outer).Reason.ShouldBe(DropReason.NoMapping);
        bench.Out(Inner, Server).Outer.ShouldNotBe(outer);
        bench.Box.Stats.MappingsNow.ShouldBe(1);
        bench.Box.Stats.MappingsMade.ShouldBe(2);
    }

    private static int[] Ports(PortAssignment rule)
    {
        var bench = new BoxBench(new() { Mapping = ByPort, Ports = rule });
        return [.. Enumerable.Range(1, 4).Select(n => (int)bench.Out(Inner, Server with { Port = (ushort)n }).Outer.Port)];
    }

    private static BoxEvent[] Events(BoxBench bench)
    {
        var events = new List<BoxEvent>();
        while (bench.Box.TryTakeEvent(out var happened))
        {
            events.Add(happened);
        }

        return [.. events];
    }
}
