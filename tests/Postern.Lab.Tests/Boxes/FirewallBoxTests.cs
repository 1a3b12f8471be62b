using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Packets;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Boxes;

public class FirewallBoxTests
{
    private static readonly Endpoint Inner = Endpoint.Parse("192.168.1.10:5000");
    private static readonly IpAddress Server = IpAddress.Parse("203.0.113.2");
    private static readonly IpAddress Proxy = IpAddress.Parse("192.0.2.3");
    private static readonly IpAddress Stranger = IpAddress.Parse("192.0.2.66");

    private Instant _now = Instant.FromMilliseconds(1000);

    [Theory]
    [InlineData("udp-blocked", Transport.Udp, "203.0.113.2:3478", PassageKind.Dropped)]
    [InlineData("udp-blocked", Transport.Tcp, "203.0.113.2:3478", PassageKind.Passed)]
    [InlineData("web-only", Transport.Tcp, "203.0.113.2:443", PassageKind.Passed)]
    [InlineData("web-only", Transport.Tcp, "203.0.113.2:444", PassageKind.Answered)]
    [InlineData("web-only", Transport.Udp, "203.0.113.2:443", PassageKind.Answered)]
    [InlineData("http-proxy-only", Transport.Tcp, "192.0.2.3:3128", PassageKind.Passed)]
    [InlineData("http-proxy-only", Transport.Tcp, "203.0.113.2:443", PassageKind.Answered)]
    [InlineData("socks-only", Transport.Udp, "192.0.2.3:40000", PassageKind.Passed)]
    [InlineData("socks-only", Transport.Udp, "203.0.113.2:3478", PassageKind.Answered)]
    [InlineData("named-hosts-only", Transport.Udp, "203.0.113.2:3478", PassageKind.Passed)]
    [InlineData("named-hosts-only", Transport.Udp, "192.0.2.66:3478", PassageKind.Dropped)]
    public void Only_what_the_rules_name_gets_out_and_trying_again_does_not_help(string id, Transport transport, string to, PassageKind kind)
    {
        var box = Box(id);
        for (var i = 0; i < 3; i++)
        {
            Out(box, Endpoint.Parse(to), transport).Kind.ShouldBe(kind);
        }
    }

    [Fact]
    public void A_refused_connection_hears_a_reset_and_a_refused_datagram_an_icmp_error()
    {
        var box = Box("web-only");
        var tcp = BoxBench.Header(Inner, new(Server, 22), Transport.Tcp, TcpFlags.Syn, 7, 0);
        box.Outbound(ref tcp, _now);
        (tcp.Flags, tcp.Acknowledgement, tcp.Destination).ShouldBe((TcpFlags.Rst | TcpFlags.Ack, 8u, Inner));
        var udp = BoxBench.Header(Inner, new(Server, 22), Transport.Udp, TcpFlags.None, 0, 0);
        box.Outbound(ref udp, _now);
        (udp.Error, udp.Destination.Address).ShouldBe((IcmpErrorKind.PortUnreachable, Inner.Address));
    }

    /// <summary>Each guard at its published threshold; one packet fewer raises nothing.</summary>
    [Theory]
    [InlineData("guard-psd", 21, 0.02)]
    [InlineData("guard-psd", 21, 2.9)]
    [InlineData("guard-juniper", 10, 0.0005)]
    [InlineData("guard-palo-alto", 100, 0.02)]
    public void A_guard_alarms_at_its_threshold_and_not_one_below(string id, int threshold, double gap)
    {
        AlarmAt(id, gap, low: false).ShouldBe(threshold);
        Strangers(id, gap).ShouldBe(threshold);
    }

    [Theory]
    [InlineData("guard-crowdsec", 16, 0.02)]
    [InlineData("guard-zeek", 15, 19)]
    [InlineData("guard-snort", 15, 1)]
    public void A_guard_of_what_is_refused_alarms_at_its_threshold(string id, int threshold, double gap) => Strangers(id, gap).ShouldBe(threshold);

    [Theory]
    [InlineData("guard-psd", 3.1)]
    [InlineData("guard-juniper", 0.02)]
    [InlineData("guard-palo-alto", 0.03)]
    [InlineData("guard-crowdsec", 5.1)]
    [InlineData("guard-zeek", 22)]
    public void Who_goes_slowly_enough_is_never_seen(string id, double gap) => Strangers(id, gap, packets: 300).ShouldBe(-1);

    [Fact]
    public void Low_ports_weigh_three_for_psd_and_some_ten()
    {
        AlarmAt("guard-psd", 0.02, low: true).ShouldBe(7);
        var box = Box("guard-psd");
        foreach (var port in new ushort[] { 11, 12 })
        {
            Out(box, new(Server, port), Transport.Udp);
        }

        box.Alarms.ShouldBe(0);
        Out(box, new(Server, 40000), Transport.Udp);
        box.Alarms.ShouldBe(1);
    }

    [Fact]
    public void Known_ports_known_flows_and_segments_with_ack_count_for_nothing()
    {
        var box = Box("guard-psd");
        for (var i = 0; i < 100; i++)
        {
            Out(box, new(Server, 40000), Transport.Udp);
            Out(box, new(IpAddress.FromV4(0xCB007100 + (uint)i), 40001), Transport.Udp);
            var ack = BoxBench.Header(Inner, new(Server, (ushort)(41000 + i)), Transport.Tcp, TcpFlags.Ack, 0, 0);
            box.Outbound(ref ack, _now);
        }

        box.Alarms.ShouldBe(0);
    }

    [Fact]
    public void While_psd_matches_new_ports_stall_and_old_flows_live()
    {
        var box = Box("guard-psd");
        for (ushort i = 0; i < 40; i++)
        {
            Out(box, new(Server, (ushort)(40000 + i)), Transport.Udp).Reason.ShouldBe(i < 20 ? DropReason.None : DropReason.Banned);
        }

        box.Alarms.ShouldBe(1, "one scan is one alarm");
        Out(box, new(Server, 40000), Transport.Udp).Reason.ShouldBe(DropReason.None);
        Wait(2.9);
        Out(box, new(Server, 50000), Transport.Udp).Reason.ShouldBe(DropReason.Banned, "trying goes on, so the ban does");
        Wait(3.1);
        Out(box, new(Server, 50001), Transport.Udp).Reason.ShouldBe(DropReason.None);
    }

    [Fact]
    public void CrowdSec_bans_everything_from_there_for_four_hours()
    {
        var box = Box("guard-crowdsec");
        Out(box, new(Stranger, 7000), Transport.Udp);
        In(box, new(Stranger, 7000), Inner.Port).Kind.ShouldBe(PassageKind.Passed);
        for (ushort port = 100; port < 116; port++)
        {
            In(box, new(Stranger, 9000), port);
        }

        box.Alarms.ShouldBe(1);
        In(box, new(Stranger, 7000), Inner.Port).Reason.ShouldBe(DropReason.Banned);
        Wait(14401);
        Out(box, new(Stranger, 7000), Transport.Udp);
        In(box, new(Stranger, 7000), Inner.Port).Kind.ShouldBe(PassageKind.Passed);
    }

    private static FirewallBox Box(string id)
    {
        IReadOnlyList<IpAddress> AddressOf(string name) => name switch { "server" => [Server], "proxy" => [Proxy], _ => [] };
        var box = (FirewallBox)BoxCatalogue.Build(BoxCatalogue.All[id], [IpAddress.Parse("198.51.100.1")], new SeededRandom(1), AddressOf);
        box.IsTraced = true;
        return box;
    }

    private void Wait(double seconds) => _now += TimeSpan.FromSeconds(seconds);

    private Passage Out(FirewallBox box, Endpoint to, Transport transport)
    {
        var header = BoxBench.Header(Inner, to, transport, transport == Transport.Tcp ? TcpFlags.Syn : TcpFlags.None, 0, 0);
        return box.Outbound(ref header, _now);
    }

    private Passage In(FirewallBox box, Endpoint from, ushort port)
    {
        var header = BoxBench.Header(from, new(box.OuterAddresses[0], port), Transport.Udp, TcpFlags.None, 0, 0);
        return box.Inbound(ref header, _now);
    }

    /// <summary>Somebody inside tries one port after another: at which one the alarm is raised; -1 for none.</summary>
    private int AlarmAt(string id, double gap, bool low)
    {
        var box = Box(id);
        for (var i = 1; i <= 300; i++)
        {
            Out(box, new(Server, (ushort)((low ? 100 : 40000) + i)), Transport.Udp);
            if (box.Alarms > 0)
            {
                return i;
            }

            Wait(gap);
        }

        return -1;
    }

    /// <summary>A stranger tries one closed port after another.</summary>
    private int Strangers(string id, double gap, int packets = 300)
    {
        var box = Box(id);
        for (var i = 1; i <= packets; i++)
        {
            In(box, new(Stranger, 7000), (ushort)(40000 + i));
            if (box.Alarms > 0)
            {
                return i;
            }

            Wait(gap);
        }

        return -1;
    }
}
