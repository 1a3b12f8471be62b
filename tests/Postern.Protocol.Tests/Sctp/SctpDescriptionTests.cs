using System.Buffers.Binary;
using Postern.Protocol.Net;
using Postern.Sessions.Sctp;
using Postern.Tests.Kit;

namespace Postern.Tests.Sctp;

/// <summary>What only the peer's description tells (RFC 8841 §5, §6).</summary>
public class SctpDescriptionTests
{
    private static readonly Instant Now = Instant.Zero + TimeSpan.FromSeconds(1);

    [Fact]
    public void Packets_go_to_the_described_port_and_come_from_it()
    {
        var (here, there) = (New(5000), New(6000));
        here.UseDescription(6000, 0);
        there.UseDescription(5000, 0);
        here.Connect(Now);
        var packet = new byte[2048];
        here.TryTransmit(packet, Now, out var length).ShouldBeTrue();
        BinaryPrimitives.ReadUInt16BigEndian(packet).ShouldBe((ushort)5000);
        BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)).ShouldBe((ushort)6000);
        there.HandlePacket(packet.AsSpan(0, length), Now).ShouldBeTrue();
        New(6000).HandlePacket(packet.AsSpan(0, length), Now).ShouldBeTrue();
        New(5001).HandlePacket(packet.AsSpan(0, length), Now).ShouldBeFalse();
        there.TryTransmit(packet, Now, out length).ShouldBeTrue();
        here.HandlePacket(packet.AsSpan(0, length), Now).ShouldBeTrue();
    }

    [Theory]
    [InlineData(65_536, 65_536, SendResult.Accepted)]
    [InlineData(65_536, 65_537, SendResult.TooLarge)]
    [InlineData(0, 1_000_000, SendResult.Accepted)]
    [InlineData(1L << 40, 1_000_000, SendResult.Accepted)]
    public void A_message_is_as_large_as_the_description_allows(long maximum, int bytes, SendResult result)
    {
        var association = New(5000);
        association.UseDescription(5000, maximum);
        association.Send(0, 53, new byte[bytes], default, Now).ShouldBe(result);
    }

    private static SctpAssociation New(ushort port) => new(new SctpOptions { LocalPort = port }, new SeededRandom(port));
}
