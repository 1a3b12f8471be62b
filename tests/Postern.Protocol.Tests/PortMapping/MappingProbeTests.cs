using System.Buffers.Binary;
using Postern.Protocol.Net;
using Postern.Protocol.PortMapping;

namespace Postern.Tests.PortMapping;

public class MappingProbeTests
{
    private static readonly byte[] Address = [0, 128, 0, 0, 0, 0, 0, 7, 11, 22, 33, 5];

    [Fact]
    public void A_nat_pmp_mapping_is_asked_for_and_given_back()
    {
        var gateway = new PlayedGateway(PortMappingProtocol.NatPmp);
        var finding = gateway.Run(request => request.Length == 2 ? Address : Mapped(request));

        finding.ShouldBe(new() { Protocol = PortMappingProtocol.NatPmp, Presence = MappingPresence.Present, External = IpAddress.Parse("11.22.33.5"), ExternalPort = 61001 });
        gateway.Sent.Select(Convert.ToHexString).ShouldBe(["0000", "000100009C419C4100000078", "000100009C41000000000000"]);
        gateway.Now.ShouldBe(Instant.FromMilliseconds(1000));
    }

    [Fact]
    public void A_pcp_mapping_carries_our_address_and_its_nonce_to_the_end()
    {
        var gateway = new PlayedGateway(PortMappingProtocol.Pcp);
        var finding = gateway.Run(request => request.Length == 24 ? Pcp(request, 0) : Pcp(request, 0));

        finding.Presence.ShouldBe(MappingPresence.Present);
        finding.ExternalPort.ShouldBe(PlayedGateway.Port);
        gateway.Sent.Select(request => (request[0], request[1], request.Length)).ShouldBe([((byte)2, (byte)0, 24), (2, 1, 60), (2, 1, 60)]);
        IpAddress.FromBytes(gateway.Sent[1].AsSpan(8, 16)).ShouldBe(PlayedGateway.Local.Address);
        gateway.Sent[2].AsSpan(24, 12).SequenceEqual(gateway.Sent[1].AsSpan(24, 12)).ShouldBeTrue();
        BinaryPrimitives.ReadUInt32BigEndian(gateway.Sent[1].AsSpan(4)).ShouldBe(120u);
        BinaryPrimitives.ReadUInt32BigEndian(gateway.Sent[2].AsSpan(4)).ShouldBe(0u);
    }

    [Theory]
    [InlineData(PortMappingProtocol.NatPmp)]
    [InlineData(PortMappingProtocol.Pcp)]
    public void Silence_is_silence_after_three_questions_and_1750_ms(PortMappingProtocol protocol)
    {
        var gateway = new PlayedGateway(protocol);
        gateway.Run(_ => null).Presence.ShouldBe(MappingPresence.Silent);
        gateway.Sent.Count.ShouldBe(3);
        gateway.Now.ShouldBe(Instant.FromMilliseconds(1750));
    }

    /// <summary>A gateway that looks through all its ports before it refuses is asked once, and what it may have mapped is given back.</summary>
    [Fact]
    public void A_request_without_an_answer_is_a_refusal_and_is_taken_back_all_the_same()
    {
        var gateway = new PlayedGateway(PortMappingProtocol.NatPmp);
        var finding = gateway.Run(request => request.Length == 2 ? Address : null);

        finding.Presence.ShouldBe(MappingPresence.Refused);
        gateway.Sent.Count(request => request.Length == 12 && Lifetime(request) == 120).ShouldBe(1);
        gateway.Sent.Count(request => request.Length == 12 && Lifetime(request) == 0).ShouldBe(3);
        gateway.Now.ShouldBe(Instant.FromMilliseconds(1000 + 3000 + 1750));
    }

    [Fact]
    public void An_answer_that_comes_late_leaves_no_mapping_behind()
    {
        var gateway = new PlayedGateway(PortMappingProtocol.NatPmp);
        byte[]? late = null;
        var finding = gateway.Run(request =>
        {
            if (request.Length == 2)
            {
                return Address;
            }

            if (Lifetime(request) != 0)
            {
                late = Mapped(request);
                return null;
            }

            var answer = late ?? Mapped(request);
            late = null;
            return answer;
        });

        finding.IsCleanedUp.ShouldBeTrue();
        finding.ExternalPort.ShouldBe((ushort)61001);
    }

    [Fact]
    public void Whoever_speaks_the_other_version_is_absent_and_whoever_says_no_refuses()
    {
        new PlayedGateway(PortMappingProtocol.Pcp).Run(_ => [0, 128, 0, 1, 0, 0, 0, 7]).Presence.ShouldBe(MappingPresence.Absent);
        new PlayedGateway(PortMappingProtocol.NatPmp).Run(request => request.Length == 2 ? Address : [0, 129, 0, 2, 0, 0, 0, 7])
            .ShouldBe(new() { Protocol = PortMappingProtocol.NatPmp, Presence = MappingPresence.Refused, External = IpAddress.Parse("11.22.33.5"), Result = 2 });
        new PlayedGateway(PortMappingProtocol.Pcp).Run(request => Pcp(request, request.Length == 24 ? (byte)0 : (byte)2)).Result.ShouldBe((ushort)2);
    }

    [Fact]
    public void Others_answers_and_answers_from_elsewhere_are_not_ours()
    {
        var gateway = new PlayedGateway(PortMappingProtocol.NatPmp);
        gateway.Probe.HandleDatagram(Address, Endpoint.Parse("192.168.1.99:5351"), PlayedGateway.Local, Instant.Zero).ShouldBeFalse();
        gateway.Probe.HandleDatagram([0, 0], PlayedGateway.Gateway, PlayedGateway.Local, Instant.Zero).ShouldBeFalse();
        gateway.Run(request => request.Length == 2 ? Address : Lifetime(request) == 0 ? Mapped(request) : null).Presence.ShouldBe(MappingPresence.Refused);
    }

    [Fact]
    public void A_closed_port_is_absence()
    {
        var gateway = new PlayedGateway(PortMappingProtocol.Pcp);
        gateway.Run(_ =>
        {
            gateway.Probe.HandleUnreachable(gateway.Now);
            return null;
        }).Presence.ShouldBe(MappingPresence.Absent);
    }

    private static uint Lifetime(byte[] request) => BinaryPrimitives.ReadUInt32BigEndian(request.AsSpan(8));

    private static byte[] Mapped(byte[] request)
    {
        var isRemoval = Lifetime(request) == 0;
        return [0, 129, 0, 0, 0, 0, 0, 7, request[4], request[5], isRemoval ? (byte)0 : (byte)0xEE, isRemoval ? (byte)0 : (byte)0x49, .. request.AsSpan(8, 4)];
    }

    /// <summary>RFC 6887 §8.3: the request, with the result in its head.</summary>
    private static byte[] Pcp(byte[] request, byte result)
    {
        byte[] answer = [.. request];
        answer[1] |= 0x80;
        answer[3] = result;
        answer.AsSpan(8, 16).Clear();
        return answer;
    }
}
