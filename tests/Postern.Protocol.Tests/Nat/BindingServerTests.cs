using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Tests.Kit;

namespace Postern.Tests.Nat;

[Collection(nameof(Alone))]
public class BindingServerTests
{
    private static readonly Endpoint A1P1 = Endpoint.Parse("203.0.113.1:3478");
    private static readonly Endpoint A1P2 = Endpoint.Parse("203.0.113.1:3479");
    private static readonly Endpoint A2P1 = Endpoint.Parse("203.0.113.2:3478");
    private static readonly Endpoint A2P2 = Endpoint.Parse("203.0.113.2:3479");
    private static readonly Endpoint Client = Endpoint.Parse("198.51.100.7:40000");
    private static readonly TransactionId Id = TransactionId.Draw(new SeededRandom(3));

    private readonly byte[] _buffer = new byte[2048];
    private readonly BindingServer _full = new((_, _, _) => true, BindingSites.TwoAddresses(A1P1, 3479, A2P1.Address));
    private readonly BindingServer _half = new((_, _, _) => true, BindingSites.OneAddress(A1P1, 3479));

    [Fact]
    public void The_answer_tells_the_mapped_address_the_origin_and_the_other_address()
    {
        var answer = Ask(_full, A1P1, Request(), out var transmit);
        answer.Class.ShouldBe(StunClass.Success);
        answer.TransactionId.ShouldBe(Id);
        XorMapped(answer).ShouldBe(Client);
        Address(answer, StunAttributeType.MappedAddress).ShouldBe(Client);
        Address(answer, StunAttributeType.ResponseOrigin).ShouldBe(A1P1);
        Address(answer, StunAttributeType.OtherAddress).ShouldBe(A2P2);
        answer.Has(StunAttributeType.SecondPort).ShouldBeFalse();
        transmit.ShouldBe(new(transmit.Length, A1P1, Client));
        _full.Stats.Answered.ShouldBe(1);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(3, 6)]
    public void A_change_request_is_answered_from_the_socket_of_the_table(int expected, int flags)
    {
        Endpoint[] sites = [A1P1, A1P2, A2P1, A2P2];
        for (var arrival = 0; arrival < 4; arrival++)
        {
            var answer = Ask(_full, sites[arrival], Request(flags), out var transmit);
            transmit.Source.ShouldBe(sites[arrival ^ expected]);
            Address(answer, StunAttributeType.ResponseOrigin).ShouldBe(sites[arrival ^ expected]);
            Address(answer, StunAttributeType.OtherAddress).ShouldBe(sites[arrival ^ 3]);
        }
    }

    [Fact]
    public void Without_a_second_address_there_is_no_other_address_but_our_own_word_for_the_second_port()
    {
        var answer = Ask(_half, A1P1, Request(), out _);
        answer.Has(StunAttributeType.OtherAddress).ShouldBeFalse();
        answer.TryGetUInt32(StunAttributeType.SecondPort, out var port).ShouldBeTrue();
        port.ShouldBe(3479u << 16);

        answer = Ask(_half, A1P1, Request(flags: 2), out var transmit);
        transmit.Source.ShouldBe(A1P2);
        Address(answer, StunAttributeType.ResponseOrigin).ShouldBe(A1P2);
        answer.TryGetUInt32(StunAttributeType.SecondPort, out port).ShouldBeTrue();
        port.ShouldBe(3479u << 16); // it names the other port of the socket that was asked
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void A_change_of_address_that_is_impossible_is_an_unknown_attribute(int flags)
    {
        var answer = Ask(_half, A1P1, Request(flags), out var transmit);
        Code(answer).ShouldBe(420);
        answer.TryGet(StunAttributeType.UnknownAttributes, out var unknown).ShouldBeTrue();
        unknown.ToArray().ShouldBe([0, 3]);
        transmit.Source.ShouldBe(A1P1);
        _half.Stats.Refused.ShouldBe(1);
    }

    [Fact]
    public void Unknown_comprehension_required_attributes_are_listed_once_each()
    {
        var answer = Ask(_full, A1P1, Build((ref StunWriter w) =>
        {
            w.AddUInt32(StunAttributeType.Priority, 1);
            w.AddUInt32((StunAttributeType)0x7FFF, 1);
            w.AddUInt32((StunAttributeType)0x7FFF, 1);
            w.AddUInt32((StunAttributeType)0xFFFF, 1);
        }), out _);
        Code(answer).ShouldBe(420);
        answer.TryGet(StunAttributeType.UnknownAttributes, out var unknown).ShouldBeTrue();
        unknown.ToArray().ShouldBe([0x00, 0x24, 0x7F, 0xFF]);
    }

    [Fact]
    public void A_response_port_is_where_the_answer_goes()
    {
        Ask(_full, A1P1, Build((ref StunWriter w) => w.AddUInt32(StunAttributeType.ResponsePort, 5000u << 16)), out var transmit);
        transmit.Destination.ShouldBe(Client with { Port = 5000 });
    }

    [Fact]
    public void Padding_comes_back_and_never_longer_than_it_came()
    {
        var answer = Ask(_full, A1P1, Build((ref StunWriter w) => w.Add(StunAttributeType.Padding, new byte[1500])), out _);
        answer.TryGet(StunAttributeType.Padding, out var padding).ShouldBeTrue();
        padding.Length.ShouldBe(1500);
        answer = Ask(_full, A1P1, Build((ref StunWriter w) => w.Add(StunAttributeType.Padding, new byte[10])), out _);
        answer.TryGet(StunAttributeType.Padding, out padding).ShouldBeTrue();
        padding.Length.ShouldBe(10);
    }

    [Fact]
    public void Padding_with_a_response_port_and_malformed_questions_are_bad_requests()
    {
        Code(Ask(_full, A1P1, Build((ref StunWriter w) =>
        {
            w.Add(StunAttributeType.Padding, new byte[8]);
            w.AddUInt32(StunAttributeType.ResponsePort, 5000u << 16);
        }), out _)).ShouldBe(400);
        Code(Ask(_full, A1P1, Build((ref StunWriter w) => w.Add(StunAttributeType.ChangeRequest, [1])), out _)).ShouldBe(400);
        Code(Ask(_full, A1P1, Build((ref StunWriter w) => w.AddUInt32(StunAttributeType.ResponsePort, 0)), out _)).ShouldBe(400);
    }

    [Fact]
    public void A_classic_client_gets_a_classic_answer()
    {
        var request = Request(flags: 6);
        request.AsSpan(4, 4).Fill(0xAB);
        var answer = Ask(_full, A1P1, request, out var transmit);
        transmit.Source.ShouldBe(A2P2);
        answer.IsClassic.ShouldBeTrue();
        answer.Bytes.Slice(4, 16).SequenceEqual(request.AsSpan(4, 16)).ShouldBeTrue();
        Address(answer, StunAttributeType.MappedAddress).ShouldBe(Client);
        Address(answer, StunAttributeType.SourceAddress).ShouldBe(A2P2);
        Address(answer, StunAttributeType.ChangedAddress).ShouldBe(A2P2);
        answer.Has(StunAttributeType.XorMappedAddress).ShouldBeFalse();
    }

    [Fact]
    public void A_classic_request_to_answer_elsewhere_is_refused()
    {
        var request = Build((ref StunWriter w) => w.AddAddress(StunAttributeType.ResponseAddress, Endpoint.Parse("192.0.2.9:9")));
        request.AsSpan(4, 4).Fill(0xAB);
        var answer = Ask(_full, A1P1, request, out var transmit);
        Code(answer).ShouldBe(420);
        transmit.Destination.ShouldBe(Client);
        answer.TryGet(StunAttributeType.UnknownAttributes, out var unknown).ShouldBeTrue();
        unknown.ToArray().ShouldBe([0, 2, 0, 2]); // RFC 3489 wants an even number: the last is repeated
    }

    [Fact]
    public void A_fingerprint_is_answered_with_a_fingerprint()
    {
        Ask(_full, A1P1, Build((ref StunWriter w) => w.AddFingerprint()), out _).HasFingerprint.ShouldBeTrue();
        Ask(_full, A1P1, Request(), out _).HasFingerprint.ShouldBeFalse();
    }

    [Theory]
    [InlineData("198.51.100.7:0")]
    [InlineData("0.0.0.0:5")]
    [InlineData("224.0.0.1:5")]
    [InlineData("255.255.255.255:5")]
    [InlineData("203.0.113.1:3478")]
    [InlineData("203.0.113.2:3479")]
    public void Nothing_is_sent_to_port_zero_to_no_unicast_address_or_to_ourselves(string source)
    {
        _full.HandleDatagram(Request(), Endpoint.Parse(source), A1P1, Instant.Zero).ShouldBeTrue();
        _full.TryTransmit(_buffer, out _).ShouldBeFalse();
        _full.Stats.Ignored.ShouldBe(1);
    }

    [Fact]
    public void Responses_other_methods_and_foreign_sockets_are_not_ours_and_indications_want_no_answer()
    {
        foreach (var (type, mine) in new[] { (StunClass.Success, false), (StunClass.Error, false), (StunClass.Indication, true) })
        {
            var writer = new StunWriter(_buffer, type, StunMethod.Binding, Id);
            _full.HandleDatagram(_buffer.AsSpan(0, writer.Length), Client, A1P1, Instant.Zero).ShouldBe(mine);
        }

        var allocate = new StunWriter(_buffer, StunClass.Request, StunMethod.Allocate, Id);
        _full.HandleDatagram(_buffer.AsSpan(0, allocate.Length), Client, A1P1, Instant.Zero).ShouldBeFalse();
        _full.HandleDatagram(Request(), Client, Client, Instant.Zero).ShouldBeFalse();
        _full.TryTransmit(_buffer, out _).ShouldBeFalse();
        _full.Stats.Indications.ShouldBe(1);
    }

    [Fact]
    public void Beyond_the_budget_the_answer_gets_lean_and_then_ceases()
    {
        var budget = 100;
        var server = new BindingServer((_, excess, _) => (budget -= excess) >= 0 || (budget += excess) < 0, BindingSites.TwoAddresses(A1P1, 3479, A2P1.Address));
        Ask(server, A1P1, Request(), out var first);
        first.Length.ShouldBe(68);
        budget.ShouldBe(52); // 68 bytes for a request of 20
        Ask(server, A1P1, Request(), out _).Has(StunAttributeType.OtherAddress).ShouldBeTrue();
        budget = 12;
        Ask(server, A1P1, Request(), out var lean).Has(StunAttributeType.OtherAddress).ShouldBeFalse();
        lean.Length.ShouldBe(32);
        server.HandleDatagram(Request(), Client, A1P1, Instant.Zero).ShouldBeTrue();
        server.TryTransmit(_buffer, out _).ShouldBeFalse();
        (server.Stats.Answered, server.Stats.AnsweredLean, server.Stats.OverBudget).ShouldBe((2, 1, 1));
    }

    [Fact]
    public void A_request_as_long_as_its_answer_costs_no_budget()
    {
        var server = new BindingServer((_, _, _) => false, BindingSites.TwoAddresses(A1P1, 3479, A2P1.Address));
        Ask(server, A1P1, Build((ref StunWriter w) => w.AddText(StunAttributeType.Software, new string('x', 44))), out var transmit);
        transmit.Length.ShouldBe(68);
    }

    [Fact]
    public void Behind_a_one_to_one_nat_the_public_addresses_are_told()
    {
        var server = new BindingServer((_, _, _) => true, BindingSites.TwoAddresses(
            Endpoint.Parse("10.0.0.1:3478"), 3479, IpAddress.Parse("10.0.0.2"), A1P1.Address, A2P1.Address));
        var answer = Ask(server, Endpoint.Parse("10.0.0.1:3478"), Request(flags: 6), out var transmit);
        transmit.Source.ShouldBe(Endpoint.Parse("10.0.0.2:3479"));
        Address(answer, StunAttributeType.ResponseOrigin).ShouldBe(A2P2);
        Address(answer, StunAttributeType.OtherAddress).ShouldBe(A2P2);
    }

    [Fact]
    public void Each_family_has_its_own_sockets()
    {
        var v6 = Endpoint.Parse("[2001:db8::1]:3478");
        var client = Endpoint.Parse("[2001:db8:1::5]:4000");
        var server = new BindingServer((_, _, _) => true, BindingSites.OneAddress(A1P1, 3479), BindingSites.TwoAddresses(v6, 3479, IpAddress.Parse("2001:db8::2")));
        server.HandleDatagram(Request(), client, v6, Instant.Zero).ShouldBeTrue();
        server.TryTransmit(_buffer, out var transmit).ShouldBeTrue();
        StunMessage.TryParse(_buffer.AsSpan(0, transmit.Length), out var answer).ShouldBe(StunError.None);
        XorMapped(answer).ShouldBe(client);
        Address(answer, StunAttributeType.OtherAddress).ShouldBe(Endpoint.Parse("[2001:db8::2]:3479"));
    }

    [Fact]
    public void Answering_allocates_nothing()
    {
        var request = Request(flags: 6);
        Serve(request, 100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Serve(request, 1000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Fuzzed_datagrams_never_throw_and_never_get_a_longer_answer_than_they_may()
    {
        var spent = 0L;
        var server = new BindingServer((_, excess, _) => (spent += excess) >= 0, BindingSites.TwoAddresses(A1P1, 3479, A2P1.Address));
        FuzzRun.Run("binding-server", input =>
        {
            var before = spent;
            if (server.HandleDatagram(input, Client, A1P1, Instant.Zero) && server.TryTransmit(_buffer, out var transmit))
            {
                transmit.Length.ShouldBeLessThanOrEqualTo(input.Length + (int)(spent - before));
                transmit.Destination.Address.ShouldBe(Client.Address);
            }
        });
        server.Stats.Answered.ShouldBeGreaterThan(10_000);
        server.Stats.Refused.ShouldBeGreaterThan(1_000);
    }

    private void Serve(byte[] request, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _full.HandleDatagram(request, Client, A1P1, Instant.Zero);
            _full.TryTransmit(_buffer, out _);
        }
    }

    private delegate void Fill(ref StunWriter writer);

    private static byte[] Request(int flags = 0) => Build((ref StunWriter w) =>
    {
        if (flags != 0)
        {
            w.AddUInt32(StunAttributeType.ChangeRequest, (uint)flags);
        }
    });

    private static byte[] Build(Fill fill)
    {
        var bytes = new byte[2048];
        var writer = new StunWriter(bytes, StunClass.Request, StunMethod.Binding, Id);
        fill(ref writer);
        return bytes[..writer.Length];
    }

    private StunMessage Ask(BindingServer server, Endpoint destination, byte[] request, out Transmit transmit)
    {
        server.HandleDatagram(request, Client, destination, Instant.Zero).ShouldBeTrue();
        server.TryTransmit(_buffer, out transmit).ShouldBeTrue();
        server.TryTransmit(_buffer, out _).ShouldBeFalse();
        StunMessage.TryParse(_buffer.AsSpan(0, transmit.Length), out var answer).ShouldBe(StunError.None);
        return answer;
    }

    private static Endpoint XorMapped(StunMessage message) =>
        message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var endpoint) ? endpoint : Endpoint.None;

    private static Endpoint Address(StunMessage message, StunAttributeType type) => message.TryGetAddress(type, out var endpoint) ? endpoint : Endpoint.None;

    private static int Code(StunMessage message) => message.TryGetErrorCode(out var code, out _) ? code : 0;
}
