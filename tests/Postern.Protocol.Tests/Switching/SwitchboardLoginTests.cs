using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;
using Postern.Protocol.Switching.Server;

namespace Postern.Tests.Switching;

public sealed class SwitchboardLoginTests : IDisposable
{
    private readonly SwitchboardDialogue _talk = new();
    private readonly PeerIdentity _anna = PeerIdentity.Create();
    private readonly PeerIdentity _mallory = PeerIdentity.Create();

    [Fact]
    public void The_first_who_comes_claims_a_name_and_is_welcome()
    {
        var connection = _talk.Open("192.0.2.7:5000");
        var prove = _talk.Prove(connection, SwitchboardDialogue.Hello("anna", _anna), _anna);
        _talk.Say(connection, prove);
        var welcome = _talk.Heard<ServerFrame.Welcome>(connection);
        welcome.ShouldSatisfyAllConditions(
            () => welcome.Name.ShouldBe("anna"),
            () => welcome.Claimed.ShouldBeTrue(),
            () => welcome.Observed.ShouldBe("192.0.2.7:5000"));
        _talk.Events.ShouldBe(
        [
            new SwitchboardEvent.NameClaimed("anna", _anna.PublicKey),
            new SwitchboardEvent.LoggedIn("anna", connection, Protocol.Net.Endpoint.Parse("192.0.2.7:5000")),
        ]);
        _talk.Switchboard.Stats.ShouldSatisfyAllConditions(
            stats => stats.Opened.ShouldBe(1),
            stats => stats.LoggedIn.ShouldBe(1),
            stats => stats.Claimed.ShouldBe(1),
            stats => stats.FramesIn.ShouldBe(2),
            stats => stats.FramesOut.ShouldBe(2));
    }

    [Fact]
    public void A_claimed_name_logs_in_with_its_key_and_is_not_claimed_again()
    {
        _talk.Switchboard.Load("anna", _anna.PublicKey);
        var connection = _talk.LogIn("anna", _anna);
        _talk.Heard<ServerFrame.Welcome>(connection).Claimed.ShouldBeFalse();
        _talk.Switchboard.Stats.Claimed.ShouldBe(0);
    }

    [Fact]
    public void A_known_name_with_another_key_is_refused_in_one_sentence_and_disturbs_nobody()
    {
        var anna = _talk.LogIn("anna", _anna);
        _talk.Heard<ServerFrame.Welcome>(anna);
        var mallory = _talk.Open();
        _talk.Say(mallory, SwitchboardDialogue.Hello("anna", _mallory));
        _talk.ShouldBeRefused(mallory, RefusalCode.WrongKey, "The name belongs to another key.");
        _talk.Say(anna, new ClientFrame.Ping());
        _talk.Heard<ServerFrame.Pong>(anna);
        _talk.Switchboard.Connections.ShouldBe(1);
    }

    [Fact]
    public void A_proof_by_another_key_is_refused()
    {
        var mallory = _talk.Open();
        _talk.Say(mallory, _talk.Prove(mallory, SwitchboardDialogue.Hello("anna", _anna), _mallory));
        _talk.ShouldBeRefused(mallory, RefusalCode.BadProof);
        _talk.Switchboard.Names.ShouldBe(0);
    }

    [Fact]
    public void A_proof_is_worth_nothing_on_another_connection()
    {
        var first = _talk.Open();
        var proof = _talk.Prove(first, SwitchboardDialogue.Hello("anna", _anna), _anna);
        _talk.Say(first, proof);
        var second = _talk.Open();
        _talk.Say(second, SwitchboardDialogue.Hello("anna", _anna));
        _talk.Heard<ServerFrame.Challenge>(second);
        _talk.Say(second, proof);
        _talk.ShouldBeRefused(second, RefusalCode.BadProof);
    }

    [Fact]
    public void A_proof_is_good_for_one_try()
    {
        var connection = _talk.Open();
        var proof = _talk.Prove(connection, SwitchboardDialogue.Hello("anna", _anna), _anna);
        _talk.Say(connection, proof);
        _talk.Heard<ServerFrame.Welcome>(connection);
        _talk.Say(connection, proof);
        _talk.ShouldBeRefused(connection, RefusalCode.OutOfPlace);
    }

    [Fact]
    public void Who_loses_the_race_for_a_free_name_is_refused()
    {
        var anna = _talk.Open();
        var mallory = _talk.Open();
        var annas = _talk.Prove(anna, SwitchboardDialogue.Hello("anna", _anna), _anna);
        var mallorys = _talk.Prove(mallory, SwitchboardDialogue.Hello("anna", _mallory), _mallory);
        _talk.Say(anna, annas);
        _talk.Heard<ServerFrame.Welcome>(anna);
        _talk.Say(mallory, mallorys);
        _talk.ShouldBeRefused(mallory, RefusalCode.WrongKey);
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("switchboard")]
    public void A_reserved_name_cannot_be_claimed(string name)
    {
        var connection = _talk.Open();
        _talk.Say(connection, SwitchboardDialogue.Hello(name, _mallory));
        _talk.ShouldBeRefused(connection, RefusalCode.NameReserved);
    }

    [Fact]
    public void A_reserved_name_that_was_loaded_logs_in()
    {
        _talk.Switchboard.Load("echo", _anna.PublicKey);
        _talk.Heard<ServerFrame.Welcome>(_talk.LogIn("echo", _anna)).Name.ShouldBe("echo");
    }

    [Fact]
    public void Where_names_are_given_by_invitation_nobody_claims_one()
    {
        using var talk = new SwitchboardDialogue(new SwitchboardOptions { OpenClaims = false });
        var connection = talk.Open();
        talk.Say(connection, SwitchboardDialogue.Hello("anna", _anna));
        talk.ShouldBeRefused(connection, RefusalCode.NameReserved);
    }

    [Fact]
    public void A_login_signed_for_another_host_is_refused()
    {
        using var talk = new SwitchboardDialogue(new SwitchboardOptions { Hosts = ["switch.example"] });
        var passedOn = talk.Open();
        talk.Say(passedOn, SwitchboardDialogue.Hello("anna", _anna, host: "evil.example:443"));
        talk.ShouldBeRefused(passedOn, RefusalCode.WrongHost);
        var straight = talk.Open();
        talk.Say(straight, SwitchboardDialogue.Hello("anna", _anna, host: "Switch.example:443"));
        talk.Heard<ServerFrame.Challenge>(straight);
    }

    [Fact]
    public void A_hello_that_lies_about_its_host_has_a_proof_that_fails()
    {
        var connection = _talk.Open();
        _talk.Say(connection, SwitchboardDialogue.Hello("anna", _anna, host: "switch.example"));
        var challenge = _talk.Heard<ServerFrame.Challenge>(connection);
        var proof = new LoginProof { Challenge = challenge.Nonce, ServerKey = challenge.Server, Host = "evil.example", Name = "anna", Key = _anna.PublicKey };
        _talk.Say(connection, new ClientFrame.Prove(proof.Sign(_anna)));
        _talk.ShouldBeRefused(connection, RefusalCode.BadProof);
    }

    [Fact]
    public void A_later_protocol_version_is_refused()
    {
        var connection = _talk.Open();
        _talk.Say(connection, SwitchboardDialogue.Hello("anna", _anna) with { Protocol = 2 });
        _talk.ShouldBeRefused(connection, RefusalCode.Version);
    }

    [Fact]
    public void The_newest_connection_of_a_key_takes_over()
    {
        var old = _talk.LogIn("anna", _anna);
        _talk.Heard<ServerFrame.Welcome>(old);
        var newer = _talk.LogIn("anna", _anna);
        _talk.Heard<ServerFrame.Bye>(old).Reason.ShouldBe(ByeReason.Replaced);
        _talk.IsClosed(old).ShouldBeTrue();
        _talk.Heard<ServerFrame.Welcome>(newer);
        _talk.Hang(old);
        _talk.Say(newer, new ClientFrame.Ping());
        _talk.Heard<ServerFrame.Pong>(newer);
    }

    [Fact]
    public void Nothing_is_done_for_a_stranger()
    {
        ClientFrame[] frames = [new ClientFrame.Ping(), new ClientFrame.Presence("bob"), new ClientFrame.Turn("s", "bob"), new ClientFrame.Ack("bob", "r", 1)];
        foreach (var frame in frames)
        {
            var connection = _talk.Open();
            _talk.Say(connection, frame);
            _talk.ShouldBeRefused(connection, RefusalCode.OutOfPlace);
        }
    }

    public void Dispose()
    {
        _talk.Dispose();
        _anna.Dispose();
        _mallory.Dispose();
    }
}
