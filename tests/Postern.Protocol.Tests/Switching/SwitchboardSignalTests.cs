using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;
using Postern.Protocol.Switching.Server;

namespace Postern.Tests.Switching;

public sealed class SwitchboardSignalTests : IDisposable
{
    private readonly SwitchboardDialogue _talk = new();
    private readonly PeerIdentity _annasKey = PeerIdentity.Create();
    private readonly PeerIdentity _bobsKey = PeerIdentity.Create();
    private ConnectionId _anna;
    private ConnectionId _bob;

    public SwitchboardSignalTests()
    {
        _anna = LogIn("anna", _annasKey);
        _bob = LogIn("bob", _bobsKey);
    }

    [Fact]
    public void A_signal_arrives_with_its_senders_key_and_its_payload_word_for_word()
    {
        const string Payload = """{ "later":[1.0, "ü\u0041+/&"],  "nothing":null }""";
        _talk.Signal(_anna, "bob", 7, SignalKind.Offer, "s1", Payload);
        _talk.Heard<ServerFrame.Signal>(_bob).ShouldBe(new("anna", _annasKey.PublicKey, "run1", "s1", 7, SignalKind.Offer, new(Payload)));
    }

    [Fact]
    public void The_sender_hears_of_the_delivery_when_the_receiver_acknowledges()
    {
        _talk.Signal(_anna, "bob", 7);
        _talk.Unheard(_anna).ShouldBeEmpty();
        _talk.Say(_bob, new ClientFrame.Ack("anna", "run1", 7));
        _talk.Heard<ServerFrame.Ack>(_anna).Seq.ShouldBe(7);
        _talk.Say(_bob, new ClientFrame.Ack("anna", "run1", 7));
        _talk.Unheard(_anna).ShouldBeEmpty();
        _talk.Switchboard.Stats.SignalsDelivered.ShouldBe(1);
    }

    [Fact]
    public void What_was_not_acknowledged_comes_again_in_order_after_a_reconnection()
    {
        _talk.Signal(_anna, "bob", 1);
        _talk.Signal(_anna, "bob", 2);
        _talk.Say(_bob, new ClientFrame.Ack("anna", "run1", 1));
        _talk.Hang(_bob);
        _talk.Signal(_anna, "bob", 3);
        _bob = LogIn("bob", _bobsKey);
        _talk.Heard<ServerFrame.Signal>(_bob).Seq.ShouldBe(2);
        _talk.Heard<ServerFrame.Signal>(_bob).Seq.ShouldBe(3);
        _talk.Unheard(_bob).ShouldBeEmpty();
    }

    [Fact]
    public void A_repeated_signal_is_queued_once()
    {
        _talk.Signal(_anna, "bob", 1);
        _talk.Signal(_anna, "bob", 1);
        _talk.Heard<ServerFrame.Signal>(_bob);
        _talk.Unheard(_bob).ShouldBeEmpty();
        _talk.Switchboard.Stats.SignalsRepeated.ShouldBe(1);
    }

    [Fact]
    public void After_a_minute_away_the_senders_are_told_that_the_peer_is_offline()
    {
        _talk.Hang(_bob);
        _talk.Signal(_anna, "bob", 1);
        KeepAlive(59.9);
        _talk.Unheard(_anna).ShouldBeEmpty();
        KeepAlive(0.2);
        var refused = _talk.Heard<ServerFrame.Refused>(_anna);
        refused.Code.ShouldBe(RefusalCode.PeerOffline);
        refused.Seq.ShouldBe(1);
        _talk.Signal(_anna, "bob", 2);
        _talk.Heard<ServerFrame.Refused>(_anna).Seq.ShouldBe(2);
        _talk.IsClosed(_anna).ShouldBeFalse();
    }

    [Fact]
    public void After_a_restart_every_known_name_counts_as_briefly_away()
    {
        using var talk = new SwitchboardDialogue();
        talk.Switchboard.Load("bob", _bobsKey.PublicKey);
        var anna = talk.LogIn("anna", _annasKey);
        talk.Heard<ServerFrame.Welcome>(anna);
        talk.Signal(anna, "bob", 1);
        talk.Unheard(anna).ShouldBeEmpty();
        var bob = talk.LogIn("bob", _bobsKey);
        talk.Heard<ServerFrame.Welcome>(bob);
        talk.Heard<ServerFrame.Signal>(bob).Seq.ShouldBe(1);
    }

    [Fact]
    public void A_signal_to_a_name_that_nobody_has_is_refused_as_such()
    {
        _talk.Signal(_anna, "nobody", 1);
        var refused = _talk.Heard<ServerFrame.Refused>(_anna);
        refused.ShouldBe(new(RefusalCode.NoSuchName, "Nobody has this name.", 1, "s1"));
    }

    [Fact]
    public void One_sender_holds_half_of_a_queue_and_another_still_gets_through()
    {
        var carol = LogIn("carol", _annasKey);
        for (var seq = 1; seq <= 129; seq++)
        {
            _talk.Signal(_anna, "bob", seq);
        }

        var refused = _talk.Heard<ServerFrame.Refused>(_anna);
        refused.ShouldBe(new(RefusalCode.QueueFull, "The peer's queue is full.", 129, "s1"));
        _talk.Signal(carol, "bob", 1);
        _talk.Unheard(carol).ShouldBeEmpty();
        _talk.Unheard(_bob).Count.ShouldBe(129);
    }

    [Fact]
    public void A_queue_is_bounded_in_bytes_too()
    {
        var large = "{\"a\":[" + string.Join(',', Enumerable.Repeat('"' + new string('x', 8000) + '"', 7)) + "]}"; // 56 kB
        _talk.Signal(_anna, "bob", 1, payload: large);
        _talk.Signal(_anna, "bob", 2, payload: large);
        _talk.Signal(_anna, "bob", 3, payload: large);
        _talk.Heard<ServerFrame.Refused>(_anna).Code.ShouldBe(RefusalCode.QueueFull);
        _talk.Unheard(_bob).Count.ShouldBe(2);
    }

    [Fact]
    public void Presence_is_told_only_among_peers_of_a_session()
    {
        _talk.Say(_anna, new ClientFrame.Presence("bob"));
        _talk.ShouldBeRefused(_anna, RefusalCode.NotInConversation);
        _talk.Signal(_anna, "bob", 1, SignalKind.Offer);
        _talk.Say(_anna, new ClientFrame.Presence("bob"));
        _talk.Heard<ServerFrame.Presence>(_anna).ShouldBe(new("bob", true));
        _talk.Hang(_bob);
        _talk.Heard<ServerFrame.Presence>(_anna).ShouldBe(new("bob", false));
        _bob = LogIn("bob", _bobsKey);
        _talk.Heard<ServerFrame.Presence>(_anna).ShouldBe(new("bob", true));
    }

    [Fact]
    public void A_goodbye_ends_the_session_and_its_presence()
    {
        _talk.Signal(_anna, "bob", 1, SignalKind.Offer);
        _talk.Switchboard.Sessions.ShouldBe(1);
        _talk.Signal(_bob, "anna", 1, SignalKind.Bye);
        _talk.Heard<ServerFrame.Signal>(_anna).Kind.ShouldBe(SignalKind.Bye);
        _talk.Switchboard.Sessions.ShouldBe(0);
        _talk.Hang(_bob);
        _talk.Unheard(_anna).ShouldBeEmpty();
    }

    [Fact]
    public void Turn_credentials_are_given_for_a_session_with_somebody_who_is_there()
    {
        _talk.Say(_anna, new ClientFrame.Turn("s1", "bob"));
        var turn = _talk.Heard<ServerFrame.Turn>(_anna);
        turn.Session.ShouldBe("s1");
        turn.Grant.Username.ShouldBe(SwitchboardDialogue.Grant.Username);
        turn.Grant.Password.ShouldBe(SwitchboardDialogue.Grant.Password);
        _talk.Say(_anna, new ClientFrame.Turn("s2", "nobody"));
        _talk.Heard<ServerFrame.Refused>(_anna).ShouldBe(new(RefusalCode.NoSuchName, "Nobody has this name.", null, "s2"));
    }

    [Fact]
    public void Without_a_relay_there_are_no_turn_credentials()
    {
        using var talk = new SwitchboardDialogue(mint: (_, _) => null);
        talk.Switchboard.Load("bob", _bobsKey.PublicKey);
        var anna = talk.LogIn("anna", _annasKey);
        talk.Heard<ServerFrame.Welcome>(anna);
        talk.Say(anna, new ClientFrame.Turn("s1", "bob"));
        talk.Heard<ServerFrame.Refused>(anna).Code.ShouldBe(RefusalCode.NoRelay);
    }

    [Fact]
    public void Sessions_that_one_name_has_opened_are_bounded_and_others_are_not_charged()
    {
        for (var i = 1; i <= 65; i++)
        {
            _talk.Signal(_anna, "bob", i, SignalKind.Offer, $"s{i}");
        }

        _talk.Heard<ServerFrame.Refused>(_anna).ShouldBe(new(RefusalCode.TooManySessions, "This name has opened too many sessions.", 65, "s65"));
        _talk.Switchboard.Sessions.ShouldBe(64);
        _talk.Signal(_bob, "anna", 1, SignalKind.Offer, "bobs");
        _talk.Heard<ServerFrame.Signal>(_anna).Session.ShouldBe("bobs");
        _talk.Signal(_anna, "bob", 66, SignalKind.Bye, "s1");
        _talk.Signal(_anna, "bob", 67, SignalKind.Offer, "s67");
        _talk.Unheard(_anna).ShouldBeEmpty();
    }

    [Fact]
    public void A_new_run_of_the_program_ends_the_sessions_that_the_former_opened()
    {
        _talk.Signal(_anna, "bob", 1, SignalKind.Offer, "annas");
        _talk.Signal(_bob, "anna", 1, SignalKind.Offer, "bobs");
        LogIn("anna", _annasKey, "run2");
        _talk.Switchboard.Sessions.ShouldBe(1);
        LogIn("anna", _annasKey, "run2");
        _talk.Switchboard.Sessions.ShouldBe(1);
    }

    [Fact]
    public void A_session_id_used_by_a_third_is_another_session()
    {
        var carol = LogIn("carol", _annasKey);
        _talk.Signal(_anna, "bob", 1, SignalKind.Offer, "s1");
        _talk.Signal(carol, "bob", 1, SignalKind.Bye, "s1");
        _talk.Switchboard.Sessions.ShouldBe(1);
    }

    [Fact]
    public void A_silent_session_is_forgotten_after_a_day()
    {
        using var talk = new SwitchboardDialogue(new SwitchboardOptions { IdleTimeout = TimeSpan.FromDays(2) });
        var anna = talk.LogIn("anna", _annasKey);
        talk.LogIn("bob", _bobsKey);
        talk.Signal(anna, "bob", 1, SignalKind.Offer);
        talk.Pass(86_399);
        talk.Switchboard.Sessions.ShouldBe(1);
        talk.Pass(2);
        talk.Switchboard.Sessions.ShouldBe(0);
    }

    [Fact]
    public void Stopping_says_goodbye_to_everybody()
    {
        _talk.Switchboard.Stop(_talk.Now);
        _talk.Pass(0);
        _talk.Say(_anna, new ClientFrame.Ping());
        _talk.Heard<ServerFrame.Bye>(_anna).Reason.ShouldBe(ByeReason.Stopping);
        _talk.IsClosed(_bob).ShouldBeTrue();
        _talk.Switchboard.Connections.ShouldBe(0);
    }

    public void Dispose()
    {
        _talk.Dispose();
        _annasKey.Dispose();
        _bobsKey.Dispose();
    }

    private ConnectionId LogIn(string name, PeerIdentity key, string run = "run1")
    {
        var connection = _talk.LogIn(name, key, run);
        _talk.Heard<ServerFrame.Welcome>(connection);
        return connection;
    }

    private void KeepAlive(double seconds)
    {
        for (; seconds > 0; seconds -= 10)
        {
            _talk.Pass(Math.Min(seconds, 10));
            _talk.Say(_anna, new ClientFrame.Ack("bob", "none", 1)); // of no effect, but heard
        }
    }
}
