using Postern.Lab.Packets;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Packets;

[Collection(nameof(Alone))]
public class IpPacketTests
{
    private const string Inner = "192.168.1.10:5000";
    private const string Server = "203.0.113.2:3478";
    private const string Inner6 = "[2001:db8:1::10]:5000";
    private const string Server6 = "[2001:db8::2]:3478";

    // What Linux 6.18 sent, taken down at a router: a datagram, and an error about another one.
    private const string Datagram = "4500002670f440003f116499cb007102c63364031388f5d7001235d678787878787878787878";
    private const string Unreachable = "45c0003942ee00003f01d1dccb007102c63364030303635100000000" + "4500001de54640003e11f14fc6336403cb007102f5da176f00092b5861";

    [Theory]
    [InlineData(Inner, Server)]
    [InlineData(Inner6, Server6)]
    public void Udp_is_read_with_its_endpoints(string source, string destination)
    {
        IpPacket.TryRead(PacketBytes.UdpPacket(source, destination, [1, 2, 3]), out var header, out _).ShouldBe(PacketFault.None);
        header.ShouldBe(new() { Transport = Transport.Udp, Source = Endpoint.Parse(source), Destination = Endpoint.Parse(destination), TimeToLive = 64 });
    }

    [Fact]
    public void Tcp_is_read_with_flags_and_numbers()
    {
        IpPacket.TryRead(PacketBytes.TcpPacket(Inner, Server, 0x12, 7, 8), out var header, out _).ShouldBe(PacketFault.None);
        header.ShouldBe(new()
        {
            Transport = Transport.Tcp,
            Source = Endpoint.Parse(Inner),
            Destination = Endpoint.Parse(Server),
            TimeToLive = 64,
            Flags = TcpFlags.Syn | TcpFlags.Ack,
            Sequence = 7,
            Acknowledgement = 8,
        });
    }

    [Theory]
    [InlineData("192.168.1.10", "203.0.113.2")]
    [InlineData("2001:db8:1::10", "2001:db8::2")]
    public void An_echo_has_its_identifier_where_whoever_asked_has_the_port(string source, string destination)
    {
        IpPacket.TryRead(PacketBytes.EchoPacket(source, destination, 77, isReply: false), out var request, out _);
        IpPacket.TryRead(PacketBytes.EchoPacket(destination, source, 77, isReply: true), out var reply, out _);
        (request.Source.Port, request.Destination.Port).ShouldBe(((ushort)77, (ushort)0));
        (reply.Source.Port, reply.Destination.Port).ShouldBe(((ushort)0, (ushort)77));
    }

    [Theory]
    [InlineData(Inner, Server, 3, 3, IcmpErrorKind.PortUnreachable)]
    [InlineData(Inner, Server, 3, 13, IcmpErrorKind.Prohibited)]
    [InlineData(Inner, Server, 3, 4, IcmpErrorKind.PacketTooBig)]
    [InlineData(Inner, Server, 11, 0, IcmpErrorKind.TimeExceeded)]
    [InlineData(Inner6, Server6, 1, 4, IcmpErrorKind.PortUnreachable)]
    [InlineData(Inner6, Server6, 2, 0, IcmpErrorKind.PacketTooBig)]
    [InlineData(Inner6, Server6, 3, 0, IcmpErrorKind.TimeExceeded)]
    public void An_error_is_read_with_the_packet_that_it_quotes(string source, string destination, byte type, byte code, IcmpErrorKind kind)
    {
        var (from, to) = (Endpoint.Parse(source), Endpoint.Parse(destination));
        var quoted = PacketBytes.UdpPacket(source, destination, new byte[100]);
        var packet = PacketBytes.ErrorPacket($"{to.Address}", $"{from.Address}", type, code, quoted.AsSpan(0, from.IsV4 ? 28 : 48));
        IpPacket.TryRead(packet, out var header, out _).ShouldBe(PacketFault.None);
        (header.Error, header.QuotedTransport, header.QuotedSource, header.QuotedDestination).ShouldBe((kind, Transport.Udp, from, to));
    }

    [Fact]
    public void What_Linux_sent_is_read_and_stays_sound()
    {
        var (datagram, error) = (Convert.FromHexString(Datagram), Convert.FromHexString(Unreachable));
        IpPacket.TryRead(datagram, out var one, out var shape).ShouldBe(PacketFault.None);
        IpPacket.TryRead(error, out var other, out var errorShape).ShouldBe(PacketFault.None);
        (one.Source, one.Destination, one.TimeToLive).ShouldBe((Endpoint.Parse("203.0.113.2:5000"), Endpoint.Parse("198.51.100.3:62935"), (byte)63));
        (other.Error, other.QuotedSource, other.QuotedDestination).ShouldBe(
            (IcmpErrorKind.PortUnreachable, Endpoint.Parse("198.51.100.3:62938"), Endpoint.Parse("203.0.113.2:5999")));

        IpPacket.Write(datagram, shape, one with { Destination = Endpoint.Parse(Inner) });
        IpPacket.Write(error, errorShape, other with { Destination = Endpoint.Parse("192.168.1.10:0"), QuotedSource = Endpoint.Parse(Inner) });
        PacketBytes.IsSound(datagram).ShouldBeTrue();
        PacketBytes.IsSound(error).ShouldBeTrue();
        PacketBytes.IsSound(error.AsSpan(errorShape.QuotedAt)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("", PacketFault.Truncated)]
    [InlineData("55", PacketFault.NotIp)]
    [InlineData("45000014", PacketFault.Truncated)]
    [InlineData("4400001400000000401100000102030405060708", PacketFault.WrongLength)]
    [InlineData("4500001300000000401100000102030405060708", PacketFault.WrongLength)]
    [InlineData("4500001500000000401100000102030405060708", PacketFault.Truncated)]
    [InlineData("4500001400000000401100000102030405060708", PacketFault.Truncated)]
    [InlineData("4500001400000000402F00000102030405060708", PacketFault.OtherTransport)]
    public void What_is_no_packet_is_told_why(string bytes, PacketFault fault) =>
        IpPacket.TryRead(Convert.FromHexString(bytes), out _, out _).ShouldBe(fault);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Changed_packets_keep_right_checksums(bool isV4)
    {
        var random = new SeededRandom(1);
        for (var i = 0; i < 20_000; i++)
        {
            var packet = AnyPacket(random, isV4);
            PacketBytes.IsSound(packet).ShouldBeTrue();
            IpPacket.TryRead(packet, out var header, out var shape).ShouldBe(PacketFault.None);
            header = Changed(header, shape, random);

            IpPacket.Write(packet, shape, header);

            PacketBytes.IsSound(packet).ShouldBeTrue(Convert.ToHexString(packet));
            IpPacket.TryRead(packet, out var read, out _).ShouldBe(PacketFault.None);
            read.ShouldBe(header);
        }
    }

    [Fact]
    public void What_an_error_quotes_keeps_right_checksums_as_well()
    {
        var random = new SeededRandom(2);
        for (var i = 0; i < 5_000; i++)
        {
            var isV4 = random.Next(0, 2) == 0;
            var quoted = AnyPacket(random, isV4, errors: false);
            var packet = PacketBytes.ErrorPacket(isV4 ? "203.0.113.2" : "2001:db8::2", isV4 ? "192.168.1.10" : "2001:db8:1::10", (byte)(isV4 ? 3 : 1), 4, quoted);
            IpPacket.TryRead(packet, out var header, out var shape).ShouldBe(PacketFault.None);

            IpPacket.Write(packet, shape, Changed(header, shape, random));

            PacketBytes.IsSound(packet).ShouldBeTrue();
            PacketBytes.IsSound(packet.AsSpan(shape.QuotedAt)).ShouldBeTrue(Convert.ToHexString(packet));
        }
    }

    [Fact]
    public void A_datagram_without_checksum_stays_without()
    {
        var packet = PacketBytes.UdpPacket(Inner, Server, [1, 2, 3], withChecksum: false);
        IpPacket.TryRead(packet, out var header, out var shape);
        IpPacket.Write(packet, shape, header with { Source = Endpoint.Parse("198.51.100.2:1024") });
        (packet[26], packet[27]).ShouldBe(((byte)0, (byte)0));
    }

    [Fact]
    public void Nothing_written_changes_nothing()
    {
        var random = new SeededRandom(3);
        for (var i = 0; i < 1000; i++)
        {
            var packet = AnyPacket(random, random.Next(0, 2) == 0);
            var copy = packet.ToArray();
            IpPacket.TryRead(packet, out var header, out var shape);
            IpPacket.Write(packet, shape, header);
            packet.ShouldBe(copy);
        }
    }

    [Theory]
    [InlineData(Inner, Server)]
    [InlineData(Inner6, Server6)]
    public void Only_the_first_fragment_has_ports(string source, string destination)
    {
        var (first, last) = PacketBytes.Fragments(PacketBytes.UdpPacket(source, destination, new byte[200]), 104, 4711);
        IpPacket.TryRead(first, out var begin, out var one).ShouldBe(PacketFault.None);
        IpPacket.TryRead(last, out var end, out var other).ShouldBe(PacketFault.None);

        begin.Source.Port.ShouldBe((ushort)5000);
        (one.IsFirstFragment, one.IsLaterFragment, one.FragmentId).ShouldBe((true, false, 4711u));
        (end.Source, end.Destination).ShouldBe((begin.Source with { Port = 0 }, begin.Destination with { Port = 0 }));
        (other.IsFirstFragment, other.IsLaterFragment, other.FragmentId, other.FragmentOffset).ShouldBe((false, true, 4711u, 104));
    }

    [Fact]
    public void Extension_headers_lead_to_the_transport()
    {
        var plain = PacketBytes.UdpPacket(Inner6, Server6, [9]);
        byte[] packet = [.. plain[..40], 60, 0, 1, 4, 0, 0, 0, 0, 17, 1, 1, 12, .. new byte[12], .. plain[40..]];
        (packet[5], packet[6]) = ((byte)(packet.Length - 40), 0); // hop-by-hop options, then options for the destination
        IpPacket.TryRead(packet, out var header, out var shape).ShouldBe(PacketFault.None);
        (header.Source, header.Destination, shape.TransportAt).ShouldBe((Endpoint.Parse(Inner6), Endpoint.Parse(Server6), 64));
    }

    [Fact]
    [Trait("part", "fuzz")]
    public void No_bytes_make_it_throw()
    {
        var scratch = new byte[1600];
        FuzzRun.Run("ip-packet", bytes =>
        {
            if (IpPacket.TryRead(bytes, out var header, out var shape) != PacketFault.None)
            {
                return;
            }

            bytes.CopyTo(scratch);
            var changed = header with
            {
                Source = new(new(header.Source.Address.Bits ^ 5), (ushort)(header.Source.Port + 1)),
                QuotedSource = new(new(header.QuotedSource.Address.Bits ^ 3), (ushort)(header.QuotedSource.Port ^ 1)),
                TimeToLive = 9,
            };
            IpPacket.Write(scratch.AsSpan(0, bytes.Length), shape, changed);
            IpPacket.TryRead(scratch.AsSpan(0, bytes.Length), out var read, out _).ShouldBe(PacketFault.None);
            read.Source.Address.ShouldBe(changed.Source.Address);
        });
    }

    internal static byte[] AnyPacket(SeededRandom random, bool isV4, bool errors = true)
    {
        var (source, destination) = (AnyEndpoint(random, isV4), AnyEndpoint(random, isV4));
        var payload = new byte[random.Next(0, 60)];
        random.Fill(payload);
        return random.Next(0, errors ? 5 : 4) switch
        {
            0 => PacketBytes.UdpPacket($"{source}", $"{destination}", payload, withChecksum: !isV4 || random.Next(0, 4) > 0),
            1 => PacketBytes.TcpPacket($"{source}", $"{destination}", (byte)random.Next(0, 32), random.NextUInt32(), random.NextUInt32()),
            2 => PacketBytes.EchoPacket($"{source.Address}", $"{destination.Address}", source.Port, isReply: false),
            3 => PacketBytes.EchoPacket($"{source.Address}", $"{destination.Address}", source.Port, isReply: true),
            _ => PacketBytes.ErrorPacket($"{source.Address}", $"{destination.Address}", (byte)(isV4 ? 11 : 3), 0, AnyPacket(random, isV4, errors: false)),
        };
    }

    private static PacketHeader Changed(PacketHeader header, in PacketShape shape, SeededRandom random)
    {
        var isV4 = shape.IsV4;
        var (source, destination) = (AnyEndpoint(random, isV4), AnyEndpoint(random, isV4));
        header.TimeToLive = (byte)random.Next(1, 256);
        header.Source = source with { Port = header.Source.Port == 0 ? (ushort)0 : source.Port };
        header.Destination = destination with { Port = header.Destination.Port == 0 ? (ushort)0 : destination.Port };
        if (header.Transport == Transport.IcmpError)
        {
            header.QuotedSource = header.QuotedSource with { Address = destination.Address, Port = header.QuotedSource.Port == 0 ? (ushort)0 : destination.Port };
            header.QuotedDestination = header.QuotedDestination with { Address = source.Address, Port = header.QuotedDestination.Port == 0 ? (ushort)0 : source.Port };
        }

        return header;
    }

    private static Endpoint AnyEndpoint(SeededRandom random, bool isV4)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.Fill(bytes);
        bytes[0] = 0x20; // never an IPv4 address in IPv6
        return new(IpAddress.FromBytes(isV4 ? bytes[..4] : bytes), (ushort)random.Next(1, 65536));
    }
}
