using Postern.Lab.Grid.Ladders;
using Postern.Lab.Packets;

namespace Postern.Tests.Grid;

public class PacketKindTests
{
    private const string Header = "2112A442000102030405060708090A0B";

    [Theory]
    [InlineData("00010000" + Header, 64, LadderKind.Check)]
    [InlineData("00010000" + Header, 3, LadderKind.Opener)]
    [InlineData("01010000" + Header, 64, LadderKind.Answer)]
    [InlineData("01110000" + Header, 64, LadderKind.Answer)]
    [InlineData("00030000" + Header, 64, LadderKind.Turn)] // Allocate
    [InlineData("01080000" + Header, 64, LadderKind.Turn)] // CreatePermission, answered
    [InlineData("00160008" + Header + "0013000400010000", 64, LadderKind.RelayedCheck)] // Send with a Binding request
    [InlineData("00170010" + Header + "80220003414141000013000117000000", 64, LadderKind.RelayedData)] // Data after another attribute
    [InlineData("40000004" + "16FEFD00", 64, LadderKind.RelayedHandshake)]
    [InlineData("40000004" + "17FEFD00", 64, LadderKind.RelayedData)]
    [InlineData("16FEFD0000", 64, LadderKind.Handshake)]
    [InlineData("17FEFD0000", 64, LadderKind.Data)]
    [InlineData("FF", 64, LadderKind.Other)]
    [InlineData("", 64, LadderKind.Other)]
    [InlineData("00", 64, LadderKind.Other)]
    public void A_datagram_is_known_by_its_first_bytes(string payload, byte timeToLive, LadderKind kind) =>
        PacketKinds.Of(new(new() { Transport = Transport.Udp, TimeToLive = timeToLive }, Convert.FromHexString(payload), 1)).ShouldBe(kind);

    [Fact]
    public void TCP_without_text_needs_no_rung()
    {
        PacketKinds.Of(new(new() { Transport = Transport.Tcp }, default, 1)).ShouldBeNull();
        PacketKinds.Of(new(new() { Transport = Transport.Tcp }, new byte[] { 1 }, 1)).ShouldBe(LadderKind.Signal);
        PacketKinds.Of(new(new() { Transport = Transport.Tcp }, Convert.FromHexString("0000001C00010000" + Header), 1)).ShouldBe(LadderKind.Check); // behind its length
        PacketKinds.Of(new(new() { Transport = Transport.Tcp }, "CONNECT 203.0.113.2:443 HTTP/1.1\r\n\r\n"u8.ToArray(), 1)).ShouldBe(LadderKind.Signal);
        PacketKinds.Of(new(new() { Transport = Transport.IcmpError }, default, 1)).ShouldBe(LadderKind.Refusal);
    }
}
