using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Turn;
using Postern.Tests.Kit;

namespace Postern.Tests.Turn;

/// <summary>What somebody without credentials, or with bad ones, gets from a relay.</summary>
[Collection(nameof(Alone))]
public class RelayStrangerTests
{
    private readonly RelayTown _town = new();
    private readonly RelayCaller _alice;

    public RelayStrangerTests() => _alice = new(_town, "30.0.0.1:4000");

    [Fact]
    public void A_request_without_integrity_is_401_with_a_challenge()
    {
        var answer = Ask(_alice.Write(StunMethod.Allocate, null, sign: false));
        answer.Code.ShouldBe(401);
        var message = answer.Parse();
        message.TryGet(StunAttributeType.Realm, out var realm).ShouldBeTrue();
        realm.SequenceEqual("postern"u8).ShouldBeTrue();
        message.TryGet(StunAttributeType.Nonce, out var nonce).ShouldBeTrue();
        nonce.StartsWith("obMatJos2gAAA"u8).ShouldBeTrue(); // bit 0: algorithms. Not bit 1: minted usernames cannot be found by hash
        message.TryGet(StunAttributeType.PasswordAlgorithms, out var algorithms).ShouldBeTrue();
        algorithms.ToArray().ShouldBe([0, 2, 0, 0, 0, 1, 0, 0]);
        message.Has(StunAttributeType.Username).ShouldBeFalse();
        message.HasMessageIntegrity.ShouldBeFalse();
    }

    [Fact]
    public void A_million_forged_sources_leave_nothing_behind()
    {
        var request = _alice.Write(StunMethod.Allocate, (ref StunWriter writer) => writer.AddUInt32(StunAttributeType.RequestedTransport, 17u << 24), sign: false);
        var buffer = new byte[2048];
        Flood(1000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Flood(1_000_000);
        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBe(0);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(1 << 20);
        _town.Relay.Count.ShouldBe(0);
        _town.Relay.NextDeadline.ShouldBe(Instant.Never);
        _town.Relay.TryTakeEvent(out _).ShouldBeFalse();

        void Flood(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var source = new Endpoint(IpAddress.FromV4(0x1E000000 + ((uint)i * 7919)), (ushort)(i | 1));
                _town.Relay.HandleDatagram(request, source, RelayTown.Listening, _town.Now);
                _town.Relay.TryTransmit(buffer, out _);
            }
        }
    }

    [Fact]
    public void Answers_to_one_network_never_exceed_requests_by_more_than_its_budget()
    {
        var request = _alice.Write(StunMethod.Allocate, null, sign: false);
        long sent = 0, received = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var source = new Endpoint(IpAddress.FromV4(0x1E000000 + (uint)(i % 256)), 4000); // all of 30.0.0.0/24
            sent += request.Length;
            received += _town.Receive(request, source, RelayTown.Listening).Sum(datagram => datagram.Bytes.Length);
        }

        (received - sent).ShouldBeLessThan(64 << 10);
        _town.Relay.Stats.Withheld.ShouldBeGreaterThan(10_000);

        // another network is served all the same, and this one again after a while
        Ask(request, Endpoint.Parse("31.0.0.1:4000")).Code.ShouldBe(401);
        _town.Receive(request, Endpoint.Parse("30.0.0.7:4000"), RelayTown.Listening).ShouldBeEmpty();
        _town.Wait(1);
        Ask(request, Endpoint.Parse("30.0.0.7:4000")).Code.ShouldBe(401);
    }

    [Fact]
    public void A_flood_of_forged_signatures_leaves_nothing_behind_either()
    {
        Challenge();
        var request = _alice.Write(StunMethod.Allocate, (ref StunWriter writer) => writer.AddUInt32(StunAttributeType.RequestedTransport, 17u << 24), sign: true);
        long sent = 0, received = 0;
        for (var i = 0; i < 20_000; i++)
        {
            request[^2] = (byte)(i >> 8); // now and then it is right by chance, but the nonce is not: the port is another
            request[^1] = (byte)i;
            sent += request.Length;
            received += _town.Receive(request, _alice.Endpoint with { Port = (ushort)(i | 1) }, RelayTown.Listening).Sum(datagram => datagram.Bytes.Length);
        }

        received.ShouldBeLessThan(sent);
        _town.Relay.Count.ShouldBe(0);
        _town.Relay.NextDeadline.ShouldBe(Instant.Never);
    }

    [Fact]
    public void An_ipv6_network_is_a_56()
    {
        var request = _alice.Write(StunMethod.Allocate, null, sign: false);
        var answers = 0;
        for (var i = 0; i < 5000; i++)
        {
            var source = new Endpoint(new(((UInt128)0x2600_0000_0000_0000 << 64) | ((UInt128)(byte)i << 64) | (uint)i), 4000);
            answers += _town.Receive(request, source, RelayTown.ListeningV6).Count;
        }

        answers.ShouldBeLessThan(1000);
    }

    [Fact]
    public void A_request_as_long_as_its_answer_is_always_answered()
    {
        var bare = _alice.Write(StunMethod.Allocate, null, sign: false);
        for (var i = 0; i < 5000; i++)
        {
            _town.Receive(bare, _alice.Endpoint, RelayTown.Listening);
        }

        _town.Receive(bare, _alice.Endpoint, RelayTown.Listening).ShouldBeEmpty();
        new TurnPair(_town, local: Endpoint.Parse("30.0.0.1:4001")).Allocate().Client.IsAllocated.ShouldBeTrue();
    }

    [Fact]
    public void Nobody_is_answered_who_sends_a_response_or_an_indication_or_speaks_from_our_own_ports()
    {
        foreach (var @class in (StunClass[])[StunClass.Success, StunClass.Error, StunClass.Indication])
        {
            _town.Receive(_alice.Write(StunMethod.Allocate, null, sign: false, @class: @class), _alice.Endpoint, RelayTown.Listening, isMine: false).ShouldBeEmpty();
        }

        var request = _alice.Write(StunMethod.Allocate, null, sign: false);
        _town.Receive(request, RelayTown.Listening, RelayTown.Listening).ShouldBeEmpty();
        _town.Receive(request, _alice.Endpoint with { Port = 0 }, RelayTown.Listening).ShouldBeEmpty();
        var relayed = _alice.Allocated();
        _town.Receive(request, relayed, RelayTown.Listening).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_not_turn_is_not_the_relays()
    {
        _town.Receive(_alice.Write(StunMethod.Binding, null, sign: false), _alice.Endpoint, RelayTown.Listening, isMine: false).ShouldBeEmpty();
        _town.Receive(_alice.Write(StunMethod.Connect, null, sign: false), _alice.Endpoint, RelayTown.Listening, isMine: false).ShouldBeEmpty();
        _town.Receive([22, 254, 253], _alice.Endpoint, RelayTown.Listening, isMine: false).ShouldBeEmpty();
        _town.Receive([], _alice.Endpoint, RelayTown.Listening, isMine: false).ShouldBeEmpty();
        var classic = _alice.Write(StunMethod.Allocate, null, sign: false);
        classic[4] ^= 1;
        _town.Receive(classic, _alice.Endpoint, RelayTown.Listening, isMine: false).ShouldBeEmpty();
    }

    [Fact]
    public void Wrong_missing_duplicate_and_truncated_integrity()
    {
        Challenge();
        var good = _alice.Write(StunMethod.Refresh, null, sign: true);
        Ask(good).Code.ShouldBe(437); // that is: authentic
        for (var i = 20; i < good.Length; i++)
        {
            var bad = (byte[])good.Clone();
            bad[i] ^= 1;
            var answers = _town.Receive(bad, _alice.Endpoint, RelayTown.Listening, StunMessage.TryParse(bad, out _) == StunError.None);
            answers.ShouldAllBe(answer => answer.Code == 401 || answer.Code == 400 || answer.Code == 438);
        }

        // a second integrity attribute after the first is not looked at: the first must be right
        Ask(Append(good, StunAttributeType.MessageIntegritySha256, new byte[32])).Code.ShouldBe(437);
        var wrongFirst = (byte[])good.Clone();
        wrongFirst[^1] ^= 1;
        Ask(Append(wrongFirst, StunAttributeType.MessageIntegritySha256, good.AsSpan(good.Length - 32))).Code.ShouldBe(401);

        // cut to 16 bytes, and right as far as it goes
        var key = StunKey.LongTermSha256("alice", RelayTown.Realm, "secret of alice");
        Ask(Cut(good, key, 32)).Code.ShouldBe(437);
        Ask(Cut(good, key, 16)).Code.ShouldBe(401);
        Ask(Cut(good, key, 0)).Code.ShouldBe(401);
    }

    [Fact]
    public void Attributes_after_the_integrity_are_ignored()
    {
        _alice.Allocated();
        var permit = _alice.Write(StunMethod.CreatePermission, (ref StunWriter writer) => writer.AddXorAddress(StunAttributeType.XorPeerAddress, RelayTown.Peer), sign: true);
        var buffer = new byte[512];
        var scratch = new StunWriter(buffer, StunClass.Request, StunMethod.CreatePermission, StunMessageId(permit));
        scratch.AddXorAddress(StunAttributeType.XorPeerAddress, Endpoint.Parse("40.0.0.2:1"));
        Ask(Append(permit, StunAttributeType.XorPeerAddress, buffer.AsSpan(24, 8))).Code.ShouldBe(0);
        _alice.Send(RelayTown.Peer, 200).Count.ShouldBe(1);
        _alice.Send(Endpoint.Parse("40.0.0.2:1"), 200).ShouldBeEmpty();

        var refresh = _alice.Write(StunMethod.Refresh, null, sign: true);
        Ask(Append(refresh, StunAttributeType.Lifetime, [0, 0, 0, 0])).Number(StunAttributeType.Lifetime).ShouldBe(600u);
        _town.Relay.Count.ShouldBe(1);
    }

    [Fact]
    public void A_bid_down_of_the_password_algorithms_is_400()
    {
        Challenge();
        var key = StunKey.LongTerm("alice", RelayTown.Realm, "secret of alice");
        Forge((ref StunWriter writer) => writer.Add(StunAttributeType.PasswordAlgorithm, [0, 1, 0, 0])).ShouldBe(400);
        Forge((ref StunWriter writer) => writer.Add(StunAttributeType.PasswordAlgorithms, [0, 2, 0, 0, 0, 1, 0, 0])).ShouldBe(400);
        Forge((ref StunWriter writer) =>
        {
            writer.Add(StunAttributeType.PasswordAlgorithms, [0, 1, 0, 0]); // SHA-256 was taken out on the way
            writer.Add(StunAttributeType.PasswordAlgorithm, [0, 1, 0, 0]);
        }).ShouldBe(400);
        Forge((ref StunWriter writer) =>
        {
            writer.Add(StunAttributeType.PasswordAlgorithms, [0, 2, 0, 0, 0, 1, 0, 0]);
            writer.Add(StunAttributeType.PasswordAlgorithm, [0, 7, 0, 0]);
        }).ShouldBe(400);
        Forge((ref StunWriter writer) => { }).ShouldBe(437); // neither: an RFC 5389 client
        Forge((ref StunWriter writer) =>
        {
            writer.Add(StunAttributeType.PasswordAlgorithms, [0, 2, 0, 0, 0, 1, 0, 0]);
            writer.Add(StunAttributeType.PasswordAlgorithm, [0, 1, 0, 0]);
        }).ShouldBe(437);

        int Forge(RelayCaller.Fill fill) => Ask(Signed(_town, _alice.Endpoint, "alice", key, fill)).Code;
    }

    [Fact]
    public void A_nonce_is_worth_nothing_from_another_address_or_port_after_its_time_or_at_another_relay()
    {
        Challenge();
        var request = _alice.Write(StunMethod.Refresh, null, sign: true);
        Ask(request).Code.ShouldBe(437);
        Ask(request, Endpoint.Parse("30.0.0.2:4000")).Code.ShouldBe(438);
        Ask(request, Endpoint.Parse("30.0.0.1:4001")).Code.ShouldBe(438);

        new RelayTown(seed: 2).Receive(request, _alice.Endpoint, RelayTown.Listening).ShouldHaveSingleItem().Code.ShouldBe(438);
        _town.Wait(3599);
        Ask(request).Code.ShouldBe(437);
        _town.Wait(2);
        var stale = Ask(request);
        stale.Code.ShouldBe(438);
        stale.Parse().Has(StunAttributeType.Nonce).ShouldBeTrue();
        stale.Parse().Has(StunAttributeType.Realm).ShouldBeTrue();
        stale.Parse().Has(StunAttributeType.PasswordAlgorithms).ShouldBeTrue();
    }

    [Fact]
    public void Relays_that_share_a_nonce_secret_accept_each_others_nonces()
    {
        byte[] fleet = [1, 2, 3, 4];
        RelayOptions Share(RelayOptions options) => options with { Credentials = options.Credentials with { NonceSecret = fleet } };
        var (first, second) = (new RelayTown(Share, seed: 1), new RelayTown(Share, seed: 2));
        var alice = new RelayCaller(first, "30.0.0.1:4000");
        alice.Allocated();
        second.Receive(alice.Write(StunMethod.Refresh, null, sign: true), alice.Endpoint, RelayTown.Listening).ShouldHaveSingleItem().Code.ShouldBe(437);
    }

    [Fact]
    public void Hostile_usernames_are_401_and_harm_nobody()
    {
        foreach (var name in (byte[][])[new byte[508], new byte[509], new byte[763], [], "%n%s%x"u8.ToArray(), "' OR 1=1 --"u8.ToArray(), "a\r\nb"u8.ToArray(), "a\0b"u8.ToArray(), [0xFF, 0xFE], [0xC0, 0x80]])
        {
            var request = Signed(_town, _alice.Endpoint, null, "key"u8.ToArray(), (ref StunWriter writer) => writer.Add(StunAttributeType.Username, name));
            Ask(request).Code.ShouldBe(401, Convert.ToHexString(name));
        }

        _town.Relay.Count.ShouldBe(0);
    }

    [Fact]
    public void Incomplete_credentials_are_400_and_a_foreign_realm_401()
    {
        var key = StunKey.LongTerm("alice", RelayTown.Realm, "secret of alice");
        Ask(Bare((ref StunWriter writer) => writer.AddIntegrity(key))).Code.ShouldBe(400);
        Ask(Bare((ref StunWriter writer) =>
        {
            writer.AddText(StunAttributeType.Username, "alice");
            writer.AddText(StunAttributeType.Realm, RelayTown.Realm);
            writer.AddIntegrity(key);
        })).Code.ShouldBe(400);
        Ask(Bare((ref StunWriter writer) =>
        {
            writer.AddText(StunAttributeType.Username, "alice");
            writer.AddText(StunAttributeType.Realm, "elsewhere");
            writer.Add(StunAttributeType.Nonce, NonceFor(_town, _alice.Endpoint));
            writer.AddIntegrity(key);
        })).Code.ShouldBe(401);
    }

    internal static byte[] NonceFor(RelayTown town, Endpoint client)
    {
        var bare = Bare((ref StunWriter writer) => { });
        town.Receive(bare, client, RelayTown.Listening).ShouldHaveSingleItem().Parse().TryGet(StunAttributeType.Nonce, out var nonce).ShouldBeTrue();
        return nonce.ToArray();
    }

    private static byte[] Bare(RelayCaller.Fill fill)
    {
        var buffer = new byte[2048];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Refresh, TransactionId.Draw(new SeededRandom(99)));
        fill(ref writer);
        return buffer[..writer.Length];
    }

    private static byte[] Signed(RelayTown town, Endpoint client, string? username, byte[] key, RelayCaller.Fill fill) => Bare((ref StunWriter writer) =>
    {
        if (username is not null)
        {
            writer.AddText(StunAttributeType.Username, username);
        }

        writer.AddText(StunAttributeType.Realm, RelayTown.Realm);
        writer.Add(StunAttributeType.Nonce, NonceFor(town, client));
        fill(ref writer);
        writer.AddIntegrity(key);
    });

    private static TransactionId StunMessageId(byte[] message) => TransactionId.Read(message.AsSpan(8));

    private static byte[] Append(byte[] message, StunAttributeType type, ReadOnlySpan<byte> value)
    {
        byte[] longer = [.. message, (byte)((int)type >> 8), (byte)type, 0, (byte)value.Length, .. value];
        longer[2] = (byte)((longer.Length - 20) >> 8);
        longer[3] = (byte)(longer.Length - 20);
        return longer;
    }

    private static byte[] Cut(byte[] good, byte[] key, int size)
    {
        byte[] head = good[..^36];
        head[3] = (byte)(head.Length - 20 + 4 + size);
        var mac = System.Security.Cryptography.HMACSHA256.HashData(key, head);
        return Append(head, StunAttributeType.MessageIntegritySha256, mac.AsSpan(0, size));
    }

    private void Challenge() => _alice.Learn(Ask(_alice.Write(StunMethod.Refresh, null, sign: false)));

    private Datagram Ask(byte[] request, Endpoint? from = null) => _town.Receive(request, from ?? _alice.Endpoint, RelayTown.Listening).ShouldHaveSingleItem();
}
