using System.Buffers.Binary;
using System.Net;
using Postern.Firewalls.Learning;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Learning;

/// <summary>Captures that are written here byte by byte, after their formats' own pages.</summary>
public class CaptureTests
{
    private const uint Micro = 0xA1B2C3D4, Nano = 0xA1B23C4D;
    private const int Ethernet = 1, RawIp = 101, Cooked = 113;
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_795_667_785_123);

    [Theory]
    [InlineData(Micro, false)]
    [InlineData(Micro, true)]
    [InlineData(Nano, false)]
    [InlineData(Nano, true)]
    public void Pcap_is_read_in_either_order_and_either_fineness(uint magic, bool isBig)
    {
        var flow = Read(Pcap(magic, isBig, Ethernet, Frame(Udp("192.168.1.10", "198.51.100.7", 14357, 3478)))).Records.ShouldHaveSingleItem();
        (flow.Protocol, flow.SourcePort, flow.DestinationPort).ShouldBe((IpProtocol.Udp, (ushort)14357, (ushort)3478));
        (flow.Source.ToString(), flow.Destination.ToString()).ShouldBe(("192.168.1.10", "198.51.100.7"));
        flow.At.ShouldBe(At);
    }

    [Fact]
    public void A_packet_without_a_frame_and_one_of_tcpdumps_any_device_are_read()
    {
        Read(Pcap(Micro, false, RawIp, Udp("10.0.0.1", "10.0.0.2", 1, 2))).Records.ShouldHaveSingleItem().DestinationPort.ShouldBe((ushort)2);
        byte[] cooked = [0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0, .. Udp("10.0.0.1", "10.0.0.2", 1, 3)];
        Read(Pcap(Micro, false, Cooked, cooked)).Records.ShouldHaveSingleItem().DestinationPort.ShouldBe((ushort)3);
    }

    [Fact]
    public void Of_tcp_only_what_opens_a_flow_is_one()
    {
        var world = Read(Pcap(Micro, false, RawIp, Tcp(40000, 443, 0x02), Tcp(443, 40000, 0x12), Tcp(40000, 443, 0x10)));
        world.Records.ShouldHaveSingleItem().DestinationPort.ShouldBe((ushort)443);
        (world.Counts[LineKind.Flow], world.Counts[LineKind.Reply]).ShouldBe((1, 2));
    }

    [Fact]
    public void Pcapng_is_read_with_the_clock_of_its_interface()
    {
        var packet = Frame(Udp("192.168.1.10", "198.51.100.7", 14357, 3478));
        var flow = Read([.. Section(), .. Interface(Ethernet), .. Enhanced(packet)]).Records.ShouldHaveSingleItem();
        (flow.SourcePort, flow.DestinationPort, flow.At).ShouldBe(((ushort)14357, (ushort)3478, (DateTimeOffset?)At));
    }

    [Fact]
    public void What_breaks_off_is_counted_and_what_came_before_is_kept()
    {
        var whole = Pcap(Micro, false, RawIp, Udp("10.0.0.1", "10.0.0.2", 1, 2), Udp("10.0.0.1", "10.0.0.2", 3, 4));
        var world = Read(whole[..^5]);
        world.Records.ShouldHaveSingleItem().DestinationPort.ShouldBe((ushort)2);
        world.Counts[LineKind.Cut].ShouldBe(1);
    }

    /// <summary>One byte at a time: records are put together however they come.</summary>
    private static LogWorld Read(byte[] capture)
    {
        var world = new LogWorld();
        foreach (var octet in capture)
        {
            world.Feed([octet]);
        }

        return world.End();
    }

    private static byte[] Pcap(uint magic, bool isBig, int link, params byte[][] packets)
    {
        var fraction = At.Millisecond * (magic == Nano ? 1_000_000u : 1_000u);
        byte[] head = [.. Word(magic, isBig), .. isBig ? (byte[])[0, 2, 0, 4] : [2, 0, 4, 0], .. Word(0, isBig), .. Word(0, isBig), .. Word(65535, isBig), .. Word((uint)link, isBig)];
        return [.. head, .. packets.SelectMany(packet =>
            (byte[])[.. Word((uint)At.ToUnixTimeSeconds(), isBig), .. Word((uint)fraction, isBig), .. Word((uint)packet.Length, isBig), .. Word((uint)packet.Length, isBig), .. packet])];
    }

    private static byte[] Section() => Block(0x0A0D0D0A, [.. Word(0x1A2B3C4D, false), 1, 0, 0, 0, .. Word(uint.MaxValue, false), .. Word(uint.MaxValue, false)]);

    private static byte[] Interface(int link) => Block(1, [(byte)link, 0, 0, 0, .. Word(65535, false)]);

    private static byte[] Enhanced(byte[] packet)
    {
        var micro = (ulong)At.ToUnixTimeMilliseconds() * 1000;
        byte[] padded = [.. packet, .. new byte[(4 - (packet.Length % 4)) % 4]];
        return Block(6, [.. Word(0, false), .. Word((uint)(micro >> 32), false), .. Word((uint)micro, false), .. Word((uint)packet.Length, false), .. Word((uint)packet.Length, false), .. padded]);
    }

    private static byte[] Block(uint type, byte[] body) =>
        [.. Word(type, false), .. Word((uint)body.Length + 12, false), .. body, .. Word((uint)body.Length + 12, false)];

    private static byte[] Frame(byte[] packet) => [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, .. packet];

    private static byte[] Udp(string source, string destination, ushort from, ushort to) => Ip(source, destination, 17, [.. Port(from), .. Port(to), 0, 8, 0, 0]);

    private static byte[] Tcp(ushort from, ushort to, byte flags) =>
        Ip("10.0.0.1", "10.0.0.2", 6, [.. Port(from), .. Port(to), 0, 0, 0, 1, 0, 0, 0, 0, 0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0]);

    private static byte[] Ip(string source, string destination, byte protocol, byte[] payload) =>
        [0x45, 0, .. Port((ushort)(20 + payload.Length)), 0, 1, 0x40, 0, 64, protocol, 0, 0, .. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), .. payload];

    private static byte[] Port(ushort value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Word(uint value, bool isBig)
    {
        var word = new byte[4];
        if (isBig)
        {
            BinaryPrimitives.WriteUInt32BigEndian(word, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(word, value);
        }

        return word;
    }
}
