using Postern.Lab.Packets;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Packets;

public class AnswerTests
{
    private readonly byte[] _buffer = new byte[Answer.MaximumLength];

    [Theory]
    [InlineData(true, IcmpErrorKind.PortUnreachable)]
    [InlineData(true, IcmpErrorKind.HostUnreachable)]
    [InlineData(true, IcmpErrorKind.Prohibited)]
    [InlineData(true, IcmpErrorKind.TimeExceeded)]
    [InlineData(true, IcmpErrorKind.PacketTooBig)]
    [InlineData(false, IcmpErrorKind.PortUnreachable)]
    [InlineData(false, IcmpErrorKind.HostUnreachable)]
    [InlineData(false, IcmpErrorKind.Prohibited)]
    [InlineData(false, IcmpErrorKind.TimeExceeded)]
    [InlineData(false, IcmpErrorKind.PacketTooBig)]
    public void An_error_is_read_back_as_it_was_meant(bool isV4, IcmpErrorKind kind)
    {
        var (source, destination, reporter) = isV4 ? ("192.168.1.10:5000", "203.0.113.2:53", "198.51.100.2") : ("[2001:db8:1::10]:5000", "[2001:db8::2]:53", "2001:db8:f::1");
        var original = PacketBytes.UdpPacket(source, destination, new byte[1400]);
        IpPacket.TryRead(original, out var header, out _);
        var answer = header.Refusal(IpAddress.Parse(reporter), kind);

        var length = Answer.Write(answer, original, 1280, _buffer);

        length.ShouldBe(isV4 ? 576 : 1280);
        PacketBytes.IsSound(_buffer.AsSpan(0, length)).ShouldBeTrue();
        IpPacket.TryRead(_buffer.AsSpan(0, length), out var read, out var shape).ShouldBe(PacketFault.None);
        read.ShouldBe(answer);
        _buffer.AsSpan(shape.QuotedAt, 100).SequenceEqual(original.AsSpan(0, 100)).ShouldBeTrue();
        (_buffer[shape.QuotedAt - 2] << 8 | _buffer[shape.QuotedAt - 1]).ShouldBe(kind == IcmpErrorKind.PacketTooBig ? 1280 : 0);
    }

    [Theory]
    [InlineData("192.168.1.10:5000", "203.0.113.2:80")]
    [InlineData("[2001:db8:1::10]:5000", "[2001:db8::2]:80")]
    public void A_closed_port_answers_with_a_reset(string source, string destination)
    {
        var original = PacketBytes.TcpPacket(source, destination, 2, sequence: 41);
        IpPacket.TryRead(original, out var header, out _);

        var length = Answer.Write(header.Reset(), original, 0, _buffer);

        PacketBytes.IsSound(_buffer.AsSpan(0, length)).ShouldBeTrue();
        IpPacket.TryRead(_buffer.AsSpan(0, length), out var read, out _).ShouldBe(PacketFault.None);
        (read.Source, read.Destination, read.Flags, read.Acknowledgement).ShouldBe((Endpoint.Parse(destination), Endpoint.Parse(source), TcpFlags.Rst | TcpFlags.Ack, 42u));
    }

    [Fact]
    public void A_short_packet_is_quoted_whole_and_every_answer_is_sound()
    {
        var random = new SeededRandom(1);
        for (var i = 0; i < 5000; i++)
        {
            var original = IpPacketTests.AnyPacket(random, random.Next(0, 2) == 0, errors: false);
            IpPacket.TryRead(original, out var header, out _);
            var length = Answer.Write(header.Refusal(header.Destination.Address, IcmpErrorKind.Prohibited), original, 0, _buffer);
            length.ShouldBe(original.Length + (header.Source.IsV4 ? 28 : 48));
            PacketBytes.IsSound(_buffer.AsSpan(0, length)).ShouldBeTrue();
        }
    }
}
