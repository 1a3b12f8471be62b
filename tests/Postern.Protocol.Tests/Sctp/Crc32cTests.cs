using Postern.Sessions.Sctp;

namespace Postern.Tests.Sctp;

public class Crc32cTests
{
    [Fact]
    public void The_vectors_of_RFC_3720_hold()
    {
        // RFC 3720 appendix B.4, the same polynomial and byte order.
        Crc32c.Compute(new byte[32]).ShouldBe(0x8A9136AAu);
        Crc32c.Compute(Enumerable.Repeat((byte)0xFF, 32).ToArray()).ShouldBe(0x62A8AB43u);
        Crc32c.Compute(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()).ShouldBe(0x46DD794Eu);
        Crc32c.Compute(Enumerable.Range(0, 32).Select(i => (byte)(31 - i)).ToArray()).ShouldBe(0x113FDB5Cu);
        Crc32c.Compute("123456789"u8).ShouldBe(0xE3069283u);
    }

    [Fact]
    public void The_checksum_of_a_packet_counts_its_own_field_as_zero()
    {
        var packet = new byte[37];
        Random.Shared.NextBytes(packet);
        var zeroed = packet.ToArray();
        zeroed.AsSpan(8, 4).Clear();
        Crc32c.OfPacket(packet).ShouldBe(Crc32c.Compute(zeroed));
        Crc32c.Write(packet);
        SctpPacket.TryParse(packet, out _).ShouldBeTrue();
        packet[20] ^= 1;
        SctpPacket.TryParse(packet, out _).ShouldBeFalse();
    }
}
