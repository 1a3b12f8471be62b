using Postern.Firewalls.Learning;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Learning;

public class OtherReaderTests
{
    private const string Ulogd =
        """{"timestamp": "2026-11-26T04:36:25.123456+0000", "dvc": "Netfilter", "raw.pktlen": 60, "oob.hook": 3, "oob.prefix": "postern-learn", "oob.out": "wan", "oob.family": 2, "src_ip": "192.168.1.10", "dest_ip": "198.51.100.7", "ip.protocol": 6, "ip.fragoff": 16384, "src_port": 40002, "dest_port": 5222, "tcp.syn": 1, "tcp.window": 64240}""";

    private const string Journal =
        """{"__REALTIME_TIMESTAMP":"1795667785123456","_TRANSPORT":"kernel","PRIORITY":"4","_NESTED":{"a":["}",1]},"MESSAGE":"drop \"x\" IN=wan0 OUT= SRC=203.0.113.77 DST=203.0.113.5 PROTO=UDP SPT=2828 DPT=14357 LEN=10"}""";

    private const string Pf = "Nov 26 04:36:25 fw filterlog[4321]: 5,,,1000000103,em0,match,block,in,4,0x0,,64,3882,0,DF,17,udp,30,203.0.113.77,203.0.113.5,2828,14357,10";

    [Fact]
    public void Ulogd_json_is_read()
    {
        var flow = LogWorld.Only(Ulogd);
        (flow.InInterface, flow.OutInterface, flow.Prefix, flow.Protocol).ShouldBe(("", "wan", "postern-learn", IpProtocol.Tcp));
        (flow.Source.ToString(), flow.SourcePort, flow.Destination.ToString(), flow.DestinationPort).ShouldBe(("192.168.1.10", (ushort)40002, "198.51.100.7", (ushort)5222));
        flow.At.ShouldBe(DateTimeOffset.Parse("2026-11-26T04:36:25.123Z"));
        LogWorld.Kind(Ulogd.Replace("\"tcp.syn\": 1", "\"tcp.syn\": 1, \"tcp.ack\": 1")).ShouldBe(LineKind.Reply);
        LogWorld.Kind(Ulogd[..200]).ShouldBe(LineKind.Cut);
    }

    [Fact]
    public void Journald_json_is_read()
    {
        var flow = LogWorld.Only(Journal);
        (flow.Prefix, flow.DestinationPort, flow.InInterface).ShouldBe(("drop \"x\"", (ushort)14357, "wan0"));
        flow.At.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1795667785123));
        LogWorld.Kind(Journal.Replace("\"kernel\"", "\"syslog\"")).ShouldBe(LineKind.Foreign, "another program's words");
        LogWorld.Kind(Journal.Replace("\\\"x\\\"", "\\u001b[2J")).ShouldBe(LineKind.Unprintable);
        LogWorld.Kind(Journal[..^3]).ShouldBe(LineKind.Cut);
    }

    [Theory]
    [InlineData(Pf, LineKind.Flow)]
    [InlineData("5,,,1000000103,em0,match,block,in,4,0x0,,64,3882,0,DF,17,udp,30,203.0.113.77,203.0.113.5,2828,14357,10", LineKind.Flow)]
    [InlineData("<134>1 2026-11-26T04:36:25.000000+00:00 fw.local filterlog 4321 - - 5,,,12,em1,match,pass,out,4,0x0,,64,1,0,DF,6,tcp,60,192.168.1.10,198.51.100.7,40000,443,0,S,1,,64240,,mss", LineKind.Flow)]
    [InlineData("filterlog[1]: 5,,,12,em1,match,pass,in,4,0x0,,64,1,0,DF,6,tcp,60,192.168.1.10,198.51.100.7,40000,443,0,SA,1,,64240,,mss", LineKind.Reply)]
    [InlineData("filterlog[1]: 5,,,12,em1,match,block,in,6,0x00,0x00000,255,UDP,17,60,fe80::1,ff02::fb,5353,5353,60", LineKind.Flow)]
    [InlineData("filterlog[1]: 5,,,12,em1,match,block,in,4,0x0,,64,1,0,none,1,icmp,84,192.168.1.10,198.51.100.7,request,1,1,64", LineKind.Flow)]
    [InlineData("filterlog[1]: 5,,,12,em1,match,block,in,4,0x0,,64,1,0,DF,17,udp,30,203.0.113.77,203.0.113", LineKind.Cut)]
    public void Filterlog_is_read(string line, LineKind kind) => LogWorld.Kind(line).ShouldBe(kind);

    [Fact]
    public void Filterlog_says_which_interface_and_what_became_of_it()
    {
        var flow = LogWorld.Only(Pf);
        (flow.InInterface, flow.Passed, flow.SourcePort, flow.DestinationPort).ShouldBe(("em0", false, (ushort)2828, (ushort)14357));
    }

    [Fact]
    public void Windows_columns_go_by_their_heading()
    {
        var world = LogWorld.Of(
            "#Version: 1.5",
            "#Software: Microsoft Windows Firewall",
            "#Time Format: Local",
            "#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path pid",
            "",
            "2026-11-26 04:36:25 ALLOW UDP 192.168.1.10 198.51.100.7 51234 3478 0 - - - - - - - SEND 99",
            "2026-11-26 04:36:26 DROP TCP 203.0.113.77 192.168.1.10 40000 445 52 S 1 0 64240 - - - RECEIVE 4",
            "2026-11-26 04:36:27 DROP TCP 203.0.113.77 192.168.1.10 443 50000 40 A 1 0 64240 - - - RECEIVE 4",
            "2026-11-26 04:36:28 DROP ICMP 203.0.113.77 192.168.1.10 - - 60 - - - - 8 0 - RECEIVE 4",
            "2026-11-26 04:36:29 INFO-EVENTS-LOST - - - - - - - - - - - - 12 -");
        (world.Counts[LineKind.Comment], world.Counts[LineKind.Flow], world.Counts[LineKind.Reply], world.Counts[LineKind.Lost]).ShouldBe((5, 3, 1, 1));
        world.Records[0].ShouldBe(world.Records[0] with { Passed = true, SourcePort = 51234, DestinationPort = 3478, Protocol = IpProtocol.Udp });
        world.Records[1].Passed.ShouldBe(false);
    }

    [Theory]
    [InlineData("    [NEW] udp      17 30 src=192.168.1.10 dst=198.51.100.7 sport=14357 dport=3478 [UNREPLIED] src=198.51.100.7 dst=203.0.113.5 sport=3478 dport=14357", LineKind.Flow)]
    [InlineData("[1795667785.123456]\t    [NEW] tcp      6 120 SYN_SENT src=192.168.1.10 dst=198.51.100.7 sport=40000 dport=443 [UNREPLIED] src=198.51.100.7 dst=203.0.113.5 sport=443 dport=40000", LineKind.Flow)]
    [InlineData("[1795667785.123456] [UPDATE] tcp      6 60 SYN_RECV src=192.168.1.10 dst=198.51.100.7 sport=40000 dport=443 src=198.51.100.7 dst=203.0.113.5 sport=443 dport=40000", LineKind.Reply)]
    [InlineData("[DESTROY] udp      17 src=192.168.1.10 dst=198.51.100.7 sport=14357 dport=3478 src=198.51.100.7 dst=203.0.113.5 sport=3478 dport=14357", LineKind.Reply)]
    [InlineData("    [NEW] ipv6     10 icmpv6   58 30 src=2001:db8::1 dst=2001:db8::2 type=128 code=0 id=1 [UNREPLIED] src=2001:db8::2 dst=2001:db8::1 type=129 code=0 id=1", LineKind.Flow)]
    [InlineData("    [NEW] udp      17 30 src=192.168.1.10 dst=198.51.100.7 sport=143", LineKind.Cut)]
    public void Conntrack_events_are_read(string line, LineKind kind) => LogWorld.Kind(line).ShouldBe(kind);

    [Fact]
    public void Conntrack_knows_the_flow_as_it_was_started_and_when()
    {
        var flow = LogWorld.Only("[1795667785.123456]\t    [NEW] udp      17 30 src=192.168.1.10 dst=198.51.100.7 sport=14357 dport=3478 [UNREPLIED] src=198.51.100.7 dst=203.0.113.5 sport=3478 dport=14357");
        (flow.Source.ToString(), flow.SourcePort, flow.DestinationPort, flow.Passed).ShouldBe(("192.168.1.10", (ushort)14357, (ushort)3478, true));
        flow.At.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1795667785123));
    }
}
