using Postern.Lab.Namespaces.Tracing;
using Postern.Tests.Packets;

namespace Postern.Tests.Namespaces;

public class TracedPacketTests
{
    private const string Near = "fe80000000000000000000000000000a";
    private const string All = "ff020000000000000000000000000001";

    /// <summary>The bytes behind the addresses, and where extension headers are told from the transport.</summary>
    [Theory]
    [InlineData(0x3A, "8700000000000000", "neighbour solicitation")]
    [InlineData(0x3A, "8800000000000000", "neighbour advertisement")]
    [InlineData(0x3A, "8500000000000000", "router solicitation")]
    [InlineData(0x3A, "8600000000000000", "router advertisement")]
    [InlineData(0x00, "3A000502000001008F00000000000000", "multicast listener report")] // RFC 3810 §5: behind a hop-by-hop header with a router alert
    [InlineData(0x3A, "0103000000000000600000000000063A", "broken ICMPv6")] // the error quotes less than a header
    [InlineData(0x3A, "C800000000000000", "ICMPv6 type 200")]
    [InlineData(0x2F, "00000000", "GRE")]
    [InlineData(0xFD, "00000000", "IP protocol 253")]
    public void What_is_neither_UDP_TCP_nor_echo_is_named_with_its_addresses(byte protocol, string body, string kind)
    {
        var bytes = Convert.FromHexString($"60000000{body.Length / 2:X4}{protocol:X2}FF{Near}{All}{body}");
        TracedPacket.Of(bytes).ShouldBe(new(kind, null, "fe80::a", "ff02::1"));
    }

    [Fact]
    public void Of_IPv4_too()
    {
        var report = Convert.FromHexString("460000200000000001020000C0A8010AE0000016940400002200000000000000"); // IGMPv3, RFC 3376 §4.2
        TracedPacket.Of(report).ShouldBe(new("IGMP", null, "192.168.1.10", "224.0.0.22"));
    }

    [Fact]
    public void What_boxes_judge_has_its_ports_and_an_error_says_which_one_it_is()
    {
        var datagram = PacketBytes.UdpPacket("192.0.2.1:5", "192.0.2.2:6", [1]);
        TracedPacket.Of(datagram).ShouldBe(new("UDP", "Udp", "192.0.2.1:5", "192.0.2.2:6"));
        TracedPacket.Of(PacketBytes.ErrorPacket("192.0.2.2", "192.0.2.1", 3, 3, datagram)).ShouldBe(new("ICMP port unreachable", "IcmpError", "192.0.2.2", "192.0.2.1"));
        TracedPacket.Of(PacketBytes.EchoPacket("192.0.2.1", "192.0.2.2", 7, isReply: false)).ShouldBe(new("ECHO", "Echo", "192.0.2.1:7", "192.0.2.2:0"));
        TracedPacket.Of(PacketBytes.Fragments(PacketBytes.UdpPacket("192.0.2.1:5", "192.0.2.2:6", new byte[64]), 16, 1).Last)
            .ShouldBe(new("UDP, later fragment", "Udp", "192.0.2.1", "192.0.2.2"));
    }

    [Fact]
    public void Bytes_that_are_no_packet_have_no_addresses()
    {
        TracedPacket.Of([]).ShouldBe(new("broken IP", null, null, null));
        TracedPacket.Of([0x45, 0, 0]).ShouldBe(new("broken IP", null, null, null));
        TracedPacket.Of([0x10]).ShouldBe(new("not IP", null, null, null));
        TracedPacket.Line("not IP", null, null).ShouldBe("not IP");
    }
}
