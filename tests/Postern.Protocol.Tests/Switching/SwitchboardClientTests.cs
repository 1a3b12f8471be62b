using Postern.Protocol.Net;
using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;
using Postern.Tests.Kit;

namespace Postern.Tests.Switching;

public sealed class SwitchboardClientTests : IDisposable
{
    private readonly SwitchboardWorld _world = new();

    [Fact]
    public void A_login_takes_two_round_trips_after_the_stream_is_open()
    {
        var start = _world.Now;
        var anna = _world.Add("Anna");
        _world.Run(1);
        anna.Client.Name.ShouldBe("anna");
        anna.Events.Select(entry => entry.Event.GetType().Name).ShouldBe(["Connected", "LoggedIn"]);
        (anna.Events[0].At - start).ShouldBe(TimeSpan.FromMilliseconds(40));
        (anna.Events[1].At - start).ShouldBe(TimeSpan.FromMilliseconds(120));
        anna.Client.Stats.Attempts.ShouldBe(1);
        anna.Client.Stats.Logins.ShouldBe(1);
    }

    [Fact]
    public void A_signal_sent_before_the_login_goes_out_with_it()
    {
        var bob = _world.Add("bob");
        var anna = _world.Add("anna");
        Send(anna, "bob", "1").ShouldBeTrue();
        _world.Run(1);
        bob.Heard.ShouldBe(["1"]);
        anna.All<SwitchboardClientEvent.SignalDelivered>().ShouldBe([new("bob", "s1", 1)]);
        anna.Client.Unacknowledged.ShouldBe(0);
    }

    [Fact]
    public void A_signal_to_nobody_is_refused_and_given_up()
    {
        var anna = _world.Add("anna");
        _world.Run(1);
        Send(anna, "nobody", "1");
        _world.Run(1);
        anna.All<SwitchboardClientEvent.Refused>().ShouldBe([new(RefusalCode.NoSuchName, "Nobody has this name.", 1, "s1")]);
        anna.Client.Unacknowledged.ShouldBe(0);
        anna.Client.IsLoggedIn.ShouldBeTrue();
    }

    [Fact]
    public void Turn_credentials_asked_for_before_the_login_come_after_it()
    {
        _world.Add("bob");
        _world.Run(1);
        var anna = _world.Add("anna");
        _world.Do(anna, client => client.TryRequestTurn("s1", "bob").ShouldBeTrue());
        _world.Run(1);
        anna.All<SwitchboardClientEvent.TurnGranted>().Single().Session.ShouldBe("s1");
    }

    [Fact]
    public void A_killed_switchboard_is_noticed_and_both_are_registered_again_within_ten_seconds()
    {
        var anna = _world.Add("anna");
        var bob = _world.Add("bob");
        _world.Run(30);
        _world.KillServer();
        _world.Run(20);
        anna.Client.IsLoggedIn.ShouldBeFalse();
        _world.StartServer();
        _world.Run(5.2);
        anna.Client.IsLoggedIn.ShouldBeTrue();
        bob.Client.IsLoggedIn.ShouldBeTrue();
        anna.Client.Stats.Logins.ShouldBe(2);
    }

    [Fact]
    public void Signals_are_neither_lost_nor_doubled_when_the_switchboard_loses_its_memory()
    {
        var anna = _world.Add("anna");
        var bob = _world.Add("bob");
        _world.Run(1);
        Send(anna, "bob", "1");
        _world.Run(0.03); // the switchboard has it, bob not yet
        _world.KillServer();
        Send(anna, "bob", "2");
        _world.StartServer();
        Send(anna, "bob", "3");
        _world.Run(10);
        bob.Heard.ShouldBe(["1", "2", "3"]);
        anna.Client.Unacknowledged.ShouldBe(0);
    }

    [Fact]
    public void A_silent_switchboard_is_given_up_after_thirty_seconds_and_after_four_when_probed()
    {
        using var identity = PeerIdentity.Create();
        var client = new SwitchboardClient(new() { Name = "anna", Host = "h" }, identity, new SeededRandom(1));
        var now = LogIn(client, identity);
        client.Probe(now);
        client.TryTakeFrame(out _).ShouldBeTrue();
        client.NextDeadline.ShouldBe(now + TimeSpan.FromSeconds(4));
        client.HandleFrame(1, FrameCodec.Write(new ServerFrame.Pong()), now);
        client.NextDeadline.ShouldBe(now + TimeSpan.FromSeconds(15));
        client.HandleDeadline(now + TimeSpan.FromSeconds(15));
        client.NextDeadline.ShouldBe(now + TimeSpan.FromSeconds(30));
        client.HandleDeadline(now + TimeSpan.FromSeconds(30));
        client.TryTakeEvent(out var close).ShouldBeTrue();
        close.ShouldBe(new SwitchboardClientEvent.CloseStream(1));
        client.TryTakeEvent(out var gone).ShouldBeTrue();
        gone.ShouldBeOfType<SwitchboardClientEvent.Disconnected>().Reason.ShouldBe(DisconnectReason.Silent);
    }

    [Fact]
    public void Pauses_double_from_a_fifth_of_a_second_to_five_seconds_with_a_quarter_by_lot()
    {
        using var identity = PeerIdentity.Create();
        var client = new SwitchboardClient(new() { Name = "anna", Host = "h" }, identity, new SeededRandom(1));
        var now = Instant.Zero;
        client.Start(now);
        double[] longest = [0.2, 0.4, 0.8, 1.6, 3.2, 5, 5];
        for (var i = 0; i < longest.Length; i++)
        {
            client.HandleClosed(i + 1, null, now);
            var pause = (client.NextDeadline - now).TotalSeconds;
            pause.ShouldBeInRange(longest[i] * 0.75, longest[i]);
            now = client.NextDeadline;
            client.HandleDeadline(now);
        }
    }

    [Fact]
    public void Another_program_with_the_same_key_takes_over_and_the_first_does_not_fight_back()
    {
        using var key = PeerIdentity.Create();
        var first = _world.Add("anna", key);
        _world.Run(1);
        var second = _world.Add("anna", key);
        _world.Run(60);
        second.Client.IsLoggedIn.ShouldBeTrue();
        first.Client.Stats.Attempts.ShouldBe(1);
        var gone = first.All<SwitchboardClientEvent.Disconnected>().Single();
        gone.ShouldBe(new(DisconnectReason.Replaced, "The same name has logged in from elsewhere.", Instant.Never));
    }

    [Fact]
    public void A_wrong_key_is_final_and_says_so()
    {
        _world.Add("anna");
        _world.Run(1);
        var mallory = _world.Add("anna");
        _world.Run(60);
        mallory.All<SwitchboardClientEvent.Disconnected>().ShouldBe([new(DisconnectReason.Refused, "The name belongs to another key.", Instant.Never)]);
        mallory.Client.Stats.Attempts.ShouldBe(1);
    }

    [Fact]
    public void A_switchboard_with_another_key_than_the_pinned_one_gets_no_further_than_its_proof()
    {
        using var other = PeerIdentity.Create();
        var anna = _world.Add("anna", change: options => options with { ServerKey = other.PublicKey });
        _world.Run(60);
        anna.All<SwitchboardClientEvent.Disconnected>().Single().Reason.ShouldBe(DisconnectReason.WrongServer);
        _world.Server!.Names.ShouldBe(0);
    }

    [Fact]
    public void A_switchboard_that_does_not_hold_the_key_it_shows_is_no_welcome()
    {
        using var identity = PeerIdentity.Create();
        using var shown = PeerIdentity.Create();
        using var own = PeerIdentity.Create();
        var client = new SwitchboardClient(new() { Name = "anna", Host = "h", ServerKey = shown.PublicKey }, identity, new SeededRandom(1));
        LogIn(client, identity, shown.PublicKey, own);
        client.IsLoggedIn.ShouldBeFalse();
    }

    [Fact]
    public void Unacknowledged_signals_are_bounded()
    {
        var anna = _world.Add("anna");
        for (var i = 0; i < 128; i++)
        {
            Send(anna, "bob", "x").ShouldBeTrue();
        }

        Send(anna, "bob", "x").ShouldBeFalse();
        _world.Do(anna, client => client.Forget("s1"));
        anna.Client.Unacknowledged.ShouldBe(128); // goodbyes stay
    }

    [Fact]
    public void What_no_switchboard_would_take_is_misuse()
    {
        var anna = _world.Add("anna");
        Should.Throw<ArgumentException>(() => anna.Client.TrySendSignal("not a name", "s1", new SignalPayload.Bye(HangUp.Done), out _));
        Should.Throw<ArgumentException>(() => anna.Client.TrySendSignal("bob", "not an id!", new SignalPayload.Bye(HangUp.Done), out _));
        Should.Throw<ArgumentException>(() => anna.Client.TrySendSignal("bob", "s1", new SignalPayload.Candidate("no candidate", "ufrag"), out _));
        Should.Throw<ArgumentException>(() => _world.Add("no name"));
    }

    [Fact]
    public void A_payload_that_we_do_not_understand_is_acknowledged_and_told()
    {
        using var identity = PeerIdentity.Create();
        var client = new SwitchboardClient(new() { Name = "anna", Host = "h" }, identity, new SeededRandom(1));
        var now = LogIn(client, identity);
        client.HandleFrame(1, System.Text.Encoding.UTF8.GetBytes($$$"""{"type":"signal","from":"bob","key":"{{{identity.PublicKey}}}","run":"r","session":"s","seq":3,"kind":"dance","payload":{}}"""), now);
        client.TryTakeFrame(out var ack).ShouldBeTrue();
        FrameCodec.TryParse(ack.Span, out ClientFrame? frame).ShouldBe(FrameError.None);
        frame.ShouldBe(new ClientFrame.Ack("bob", "r", 3));
        client.TryTakeEvent(out var happened).ShouldBeTrue();
        happened.ShouldBe(new SwitchboardClientEvent.SignalUnreadable("bob", "s", FrameError.NotARecord));
    }

    public void Dispose() => _world.Dispose();

    private bool Send(WorldPeer peer, string to, string text)
    {
        var sent = false;
        _world.Do(peer, client => sent = client.TrySendSignal(to, "s1", new SignalPayload.Bye(HangUp.Done, text), out _));
        return sent;
    }

    private static Instant LogIn(SwitchboardClient client, PeerIdentity identity, string? shownKey = null, PeerIdentity? server = null)
    {
        using var made = PeerIdentity.Create();
        server ??= made;
        var now = Instant.FromMilliseconds(1000);
        client.Start(now);
        client.HandleOpened(1, now);
        client.HandleFrame(1, FrameCodec.Write(new ServerFrame.Challenge(new string('A', 43), shownKey ?? server.PublicKey)), now);
        client.TryTakeFrame(out _).ShouldBeTrue();
        client.TryTakeFrame(out var frame).ShouldBeTrue();
        FrameCodec.TryParse(frame.Span, out ClientFrame? prove).ShouldBe(FrameError.None);
        var proof = new LoginProof { Challenge = new string('A', 43), ServerKey = shownKey ?? server.PublicKey, Host = "h", Name = "anna", Key = identity.PublicKey };
        var countersign = proof.Countersign(server, ((ClientFrame.Prove)prove!).Signature);
        client.HandleFrame(1, FrameCodec.Write(new ServerFrame.Welcome("anna", countersign, false, "192.0.2.1:1", [])), now);
        while (client.TryTakeEvent(out _))
        {
        }

        return now;
    }
}
