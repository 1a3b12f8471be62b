using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;
using Postern.Tests.Kit;

namespace Postern.Tests.Turn;

/// <summary>Minted credentials, their expiry and their end; and users by hash.</summary>
public class RelayUserTests
{
    [Fact]
    public void A_minted_username_agrees_with_the_turn_rest_convention()
    {
        // echo -n 1433895918:506 | openssl dgst -sha1 -hmac MySecret -binary | base64
        var plain = TurnRestCredential.Mint("MySecret", "", "506", 1433895918);
        plain.Username.ShouldBe("1433895918:506");
        plain.Password.ShouldBe(Convert.ToBase64String(System.Security.Cryptography.HMACSHA1.HashData("MySecret"u8, "1433895918:506"u8)));

        var minted = TurnRestCredential.Mint("north", "call-7", "ann:phone", 1_800_000_000);
        minted.Username.ShouldBe("1800000000:call-7:ann:phone");
        TurnRestCredential.TryParse(minted.Username, out var expiresAt, out var session, out var name).ShouldBeTrue();
        (expiresAt, session, name).ShouldBe((1_800_000_000, "call-7", "ann:phone"));
        minted.ToString().ShouldNotContain(minted.Password);
        Should.Throw<ArgumentException>(() => TurnRestCredential.Mint("north", "a:b", "c", 1));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("ann", false)]
    [InlineData("-1:ann", false)]
    [InlineData("+5:ann", false)]
    [InlineData("99999999999999999999:ann", false)]
    [InlineData("5", true)]
    [InlineData("5:", true)]
    [InlineData("5:ann", true)]
    public void A_username_without_an_expiry_is_nobodys(string username, bool isMinted) =>
        TurnRestCredential.TryParse(username, out _, out _, out _).ShouldBe(isMinted);

    [Fact]
    public void An_expired_user_gets_no_new_allocation_but_keeps_the_old_one()
    {
        var town = new RelayTown();
        var ann = RelayHairpinTests.Guest(town, "30.0.0.1:4000", "s", "ann", RelayTown.Epoch + 100);
        ann.Allocated();
        town.Wait(100);
        ann.Refresh(600).ShouldBe(0);
        ann.Refresh(0).ShouldBe(0);
        ann.Allocate().Code.ShouldBe(401);
        town.Relay.Count.ShouldBe(0);
    }

    [Fact]
    public void Where_the_operator_is_strict_an_allocation_ends_with_its_credential()
    {
        var town = new RelayTown(options => options with { Sessions = new() { EndsWithCredential = true } });
        var ann = RelayHairpinTests.Guest(town, "30.0.0.1:4000", "s", "ann", RelayTown.Epoch + 100);
        ann.Allocate().Number(StunAttributeType.Lifetime).ShouldBe(99u);
        town.Wait(50);
        ann.Refresh(600).ShouldBe(0);
        town.Wait(51);
        town.Relay.Count.ShouldBe(0);
        town.Sockets.ShouldBeEmpty();
        ann.Refresh(600).ShouldBe(437);
        ann.Allocate().Code.ShouldBe(401);
    }

    [Fact]
    public void While_a_secret_is_changed_both_are_valid()
    {
        var users = new TurnRestUsers("new", "old");
        var town = new RelayTown(options => options with { Credentials = options.Credentials with { Users = users } });
        Caller("old", 1).Allocate().Code.ShouldBe(0);
        Caller("new", 2).Allocate().Code.ShouldBe(0);
        Caller("other", 3).Allocate().Code.ShouldBe(401);
        users.Rotate("new");
        Caller("old", 4).Allocate().Code.ShouldBe(401);
        Caller("new", 5).Allocate().Code.ShouldBe(0);
        Should.Throw<ArgumentException>(() => users.Rotate());
        Should.Throw<ArgumentException>(() => users.Rotate(""));

        RelayCaller Caller(string secret, int host)
        {
            var minted = TurnRestCredential.Mint(secret, "s", "ann", RelayTown.Epoch + 3600);
            return new(town, $"30.0.0.{host}:4000", minted.Username, minted.Password);
        }
    }

    [Fact]
    public void Ending_a_session_ends_its_allocations_and_reservations_and_no_others()
    {
        var town = new RelayTown();
        var ann = RelayHairpinTests.Guest(town, "30.0.0.1:4000", "s1", "ann");
        ann.Allocate((ref StunWriter writer) => writer.Add(StunAttributeType.EvenPort, [0x80])).Code.ShouldBe(0);
        RelayHairpinTests.Guest(town, "30.0.0.2:4000", "s1", "ben").Allocated();
        RelayHairpinTests.Guest(town, "30.0.0.3:4000", "s2", "ann").Allocated();
        town.Relay.EndSession("s1", town.Now);
        town.Drain();
        town.Relay.Count.ShouldBe(1);
        town.Sockets.Count.ShouldBe(1);
        town.Events.OfType<RelayEvent.Freed>().ShouldAllBe(freed => freed.Session == "s1" && freed.Reason == RelayFreedReason.Revoked);
        ann.Refresh(600).ShouldBe(437);
    }

    [Fact]
    public void Users_who_can_be_found_by_hash_stay_anonymous_on_the_wire()
    {
        var fixedUsers = new FixedUsers(RelayTown.Realm, [("alice", "secret of alice"), ("bob", "secret of bob")]);
        var town = new RelayTown(options => options with { Credentials = options.Credentials with { Users = fixedUsers } });
        var pair = new TurnPair(town).Allocate();
        pair.Client.IsAllocated.ShouldBeTrue();
        var signed = pair.Sent[1].Parse();
        signed.Has(StunAttributeType.UserHash).ShouldBeTrue();
        signed.Has(StunAttributeType.Username).ShouldBeFalse();
        town.Events.OfType<RelayEvent.Allocated>().ShouldHaveSingleItem().Name.ShouldBe("alice");

        // somebody who only knows the hash
        var eve = new RelayCaller(town, "30.0.0.5:4000", "alice", "guess");
        eve.Allocate().Code.ShouldBe(401);
        new RelayCaller(town, "30.0.0.6:4000", "nobody", "x").Allocate().Code.ShouldBe(401);
    }

    [Fact]
    public void A_client_of_rfc_5389_is_served_with_md5_and_sha1()
    {
        var town = new RelayTown();
        var client = Endpoint.Parse("30.0.0.1:4000");
        var key = StunKey.LongTerm("alice", RelayTown.Realm, "secret of alice");
        var buffer = new byte[512];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Allocate, TransactionId.Draw(new SeededRandom(3)));
        writer.AddUInt32(StunAttributeType.RequestedTransport, 17u << 24);
        writer.AddText(StunAttributeType.Username, "alice");
        writer.AddText(StunAttributeType.Realm, RelayTown.Realm);
        writer.Add(StunAttributeType.Nonce, RelayStrangerTests.NonceFor(town, client));
        writer.AddIntegrity(key);
        var answer = town.Receive(buffer[..writer.Length], client, RelayTown.Listening).ShouldHaveSingleItem();
        answer.Code.ShouldBe(0);
        answer.Parse().VerifyIntegrity(key).ShouldBeTrue();
        answer.Parse().HasMessageIntegritySha256.ShouldBeFalse();
    }
}
