using Postern.Lab.Boxes;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Sessions.Calls;
using Postern.Sessions.Sctp;

namespace Postern.Tests.Calls;

/// <summary>A call reaches its relay over a stream where UDP does not get out, and only there.</summary>
public class RelayStreamCallTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Where_UDP_is_blocked_the_call_connects_over_the_stream_and_says_so(bool atAlice, bool atBob)
    {
        using var scene = Scene();
        (scene.AliceGate.IsShut, scene.BobGate.IsShut) = (atAlice, atBob);
        scene.Start();
        scene.RunUntilConnected(30).ShouldBeTrue(Steps(scene));
        Exchange(scene, 50);
        foreach (var (peer, isBlocked) in new[] { (scene.Alice, atAlice), (scene.Bob, atBob) })
        {
            var report = peer.Machine.Report();
            report.Path.ShouldBe(PathKind.Relayed);
            report.Reasons.Any(reason => reason.Id == "relayed-over-https").ShouldBe(isBlocked);
            report.Summary.Contains("over HTTPS", StringComparison.Ordinal).ShouldBe(isBlocked);
            report.Attempts.Any(attempt => attempt is { Outcome: "used", Method: ForecastMethod.RelayOverTcp }).ShouldBe(isBlocked);
        }

        (scene.World.Now - scene.Alice.StartedAt).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        Leave(scene);
    }

    [Fact]
    public void Relay_only_calls_take_the_stream_too()
    {
        using var scene = Scene(relayOnly: true);
        scene.AliceGate.IsShut = scene.BobGate.IsShut = true;
        scene.Start();
        scene.RunUntilConnected(30).ShouldBeTrue(Steps(scene));
        Exchange(scene, 10);
    }

    [Fact]
    public void The_stream_is_asked_for_after_750_milliseconds_of_silence_and_at_once_where_UDP_is_known_to_be_blocked()
    {
        using var unmeasured = Scene();
        unmeasured.AliceGate.IsShut = true;
        unmeasured.Start();
        unmeasured.World.RunUntil(() => Asked(unmeasured.Alice) is not null, TimeSpan.FromSeconds(5)).ShouldBeTrue();
        (Asked(unmeasured.Alice)!.Value - unmeasured.Alice.StartedAt).ShouldBe(TimeSpan.FromMilliseconds(750));

        using var measured = Scene();
        measured.AliceGate.IsShut = true;
        measured.Alice.Do((call, now) => call.LearnNat(new() { Family = IpFamily.V4, UdpBlocked = true, Local = Endpoint.None, Mapped = Endpoint.None }, null, now));
        measured.Start();
        measured.World.RunUntil(() => Asked(measured.Alice) is not null, TimeSpan.FromSeconds(5)).ShouldBeTrue();
        (Asked(measured.Alice)!.Value - measured.Alice.StartedAt).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Where_UDP_works_no_stream_is_ever_asked_for()
    {
        foreach (var nat in new[] { CallScene.PortRestricted, CallScene.Symmetric })
        {
            using var scene = Scene(nat);
            scene.Start();
            scene.RunUntilConnected().ShouldBeTrue();
            scene.World.Run(TimeSpan.FromSeconds(120));
            Asked(scene.Alice).ShouldBeNull();
            Asked(scene.Bob).ShouldBeNull();
        }
    }

    [Fact]
    public void Where_no_stream_is_offered_none_is_asked_for()
    {
        using var scene = new CallScene(1, CallScene.PortRestricted, CallScene.PortRestricted);
        scene.AliceGate.IsShut = true;
        scene.Start();
        scene.World.Run(TimeSpan.FromSeconds(60));
        Asked(scene.Alice).ShouldBeNull();
        scene.Alice.ConnectedAt.ShouldBeNull();
    }

    [Fact]
    public void When_UDP_answers_late_the_call_leaves_the_stream_and_gives_it_back()
    {
        using var scene = Scene();
        scene.AliceGate.IsShut = true;
        scene.Start();
        scene.World.RunUntil(() => scene.Alice.ConnectedAt is not null, TimeSpan.FromSeconds(10)).ShouldBeTrue(Steps(scene));
        scene.Alice.Machine.Report().Summary.ShouldContain("over HTTPS");
        scene.AliceGate.IsShut = false;
        scene.World.RunUntil(() => !scene.Alice.Machine.Report().Summary.Contains("over HTTPS", StringComparison.Ordinal), TimeSpan.FromSeconds(20)).ShouldBeTrue(Steps(scene));
        scene.Relay.Relay.Count.ShouldBe(3); // both ends', and the stream's
        scene.World.Run(TimeSpan.FromSeconds(15));
        scene.Alice.Events.Count(entry => entry.Event is CallEvent.RelayStreamDone).ShouldBe(1);
        scene.Relay.Relay.Count.ShouldBe(2);
        Exchange(scene, 10);
    }

    [Fact]
    public void UDP_that_answers_while_the_stream_is_being_opened_makes_it_needless()
    {
        using var scene = Scene(CallScene.Symmetric);
        scene.AliceGate.IsShut = scene.AliceGate.IsShutToTcp = true;
        scene.Start();
        scene.World.RunUntil(() => Asked(scene.Alice) is not null, TimeSpan.FromSeconds(5)).ShouldBeTrue();
        scene.AliceGate.IsShut = false;
        scene.RunUntilConnected(10).ShouldBeTrue(Steps(scene));
        scene.Alice.Events.Count(entry => entry.Event is CallEvent.RelayStreamDone).ShouldBe(1);
        scene.Relay.Relay.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UDP_that_is_cut_in_mid_call_moves_the_call_to_the_stream_within_consent_and_loses_nothing(bool onBothSides)
    {
        using var scene = Scene();
        scene.Start();
        scene.RunUntilConnected().ShouldBeTrue();
        scene.RunUntilPath(PathKind.Punched).ShouldBeTrue();
        scene.World.Run(TimeSpan.FromSeconds(5));
        Exchange(scene, 20);

        (scene.AliceGate.IsShut, scene.BobGate.IsShut) = (true, onBothSides);
        var cut = scene.World.Now;
        var channel = scene.Alice.Open("after");
        var (before, said) = (scene.Bob.Messages.Count, 0);
        while (scene.World.Now - cut < TimeSpan.FromSeconds(30) && scene.Bob.Messages.Count == before)
        {
            scene.Alice.Say(channel, $"after {said++}");
            scene.World.Run(TimeSpan.FromMilliseconds(250));
        }

        (scene.World.Now - cut).ShouldBeLessThan(TimeSpan.FromSeconds(20), Steps(scene)); // consent would last 30 s
        scene.World.RunUntil(() => scene.Bob.Messages.Count == before + said, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        scene.Bob.Messages.Skip(before).Select(message => message.Text).ShouldBe(Enumerable.Range(0, said).Select(i => $"after {i}"));
        scene.Alice.Machine.Report().Summary.ShouldContain("over HTTPS");

        (scene.AliceGate.IsShut, scene.BobGate.IsShut) = (false, false);
        scene.RunUntilPath(PathKind.Punched, 60).ShouldBeTrue(Steps(scene));
        Exchange(scene, 20);
    }

    [Fact]
    public void A_stream_that_is_lost_frees_its_allocation_is_opened_again_and_the_call_carries_on()
    {
        using var scene = Scene();
        scene.AliceGate.IsShut = scene.BobGate.IsShut = true;
        scene.Start();
        scene.RunUntilConnected(30).ShouldBeTrue(Steps(scene));
        scene.Relay.Relay.Count.ShouldBe(2);
        for (var times = 1; times <= 3; times++)
        {
            scene.Relay.CutStreams();
            scene.World.Run(TimeSpan.FromMilliseconds(100));
            scene.Relay.Relay.Count.ShouldBe(0);
            Exchange(scene, 10);
            scene.Relay.Relay.Count.ShouldBe(2);
        }

        scene.Alice.Ended.ShouldBeNull();
    }

    [Fact]
    public void A_stream_that_is_lost_after_its_credentials_expired_asks_for_others_and_comes_back_with_them()
    {
        using var scene = new CallScene(7, CallScene.PortRestricted, CallScene.PortRestricted) { OffersStreams = true, CredentialsExpire = 60 };
        scene.AliceGate.IsShut = true;
        scene.Start();
        scene.RunUntilConnected(30).ShouldBeTrue(Steps(scene));
        scene.World.Run(TimeSpan.FromSeconds(60));
        Exchange(scene, 10); // what was allocated by then lives on
        scene.Alice.Events.ShouldNotContain(entry => entry.Event is CallEvent.RelayWanted);

        scene.Relay.CutStreams();
        scene.World.RunUntil(() => scene.Alice.Events.Any(entry => entry.Event is CallEvent.RelayWanted), TimeSpan.FromSeconds(5)).ShouldBeTrue(Steps(scene));
        scene.Alice.Do((call, now) => call.UseRelay(scene.Credential("alice", 100_000), now));
        Exchange(scene, 10);
        scene.Alice.Machine.Report().Summary.ShouldContain("over HTTPS");
    }

    [Fact]
    public void Dialling_in_vain_is_repeated_ever_more_seldom_and_ends_with_the_call()
    {
        using var scene = Scene();
        scene.AliceGate.IsShut = scene.AliceGate.IsShutToTcp = true;
        scene.Start();
        scene.World.Run(TimeSpan.FromSeconds(60));
        var asked = scene.Alice.Events.Where(entry => entry.Event is CallEvent.RelayStreamWanted).Select(entry => entry.At).ToArray();
        asked.Length.ShouldBeInRange(3, 6); // each dial takes 10 s
        scene.World.RunUntil(() => scene.Alice.Ended is not null, TimeSpan.FromSeconds(120)).ShouldBeTrue();
        var count = scene.Alice.Events.Count;
        scene.World.Run(TimeSpan.FromSeconds(120));
        scene.Alice.Events.Count.ShouldBe(count);
    }

    private static CallScene Scene(NatRules? nat = null, bool relayOnly = false) =>
        new(7, nat ?? CallScene.PortRestricted, nat ?? CallScene.PortRestricted, relayOnly: relayOnly) { OffersStreams = true };

    private static Instant? Asked(PeerCall peer) =>
        peer.Events.Where(entry => entry.Event is CallEvent.RelayStreamWanted).Select(entry => (Instant?)entry.At).FirstOrDefault();

    private static void Exchange(CallScene scene, int count)
    {
        foreach (var (from, to) in new[] { (scene.Alice, scene.Bob), (scene.Bob, scene.Alice) })
        {
            var channel = from.Open("talk");
            var before = to.Messages.Count;
            for (var i = 0; i < count; i++)
            {
                from.Say(channel, $"{i}").ShouldBe(SendResult.Accepted);
            }

            scene.World.RunUntil(() => to.Messages.Count == before + count, TimeSpan.FromSeconds(30)).ShouldBeTrue(Steps(scene));
            to.Messages.Skip(before).Select(message => message.Text).ShouldBe(Enumerable.Range(0, count).Select(i => $"{i}"));
        }
    }

    /// <summary>The end of the call leaves nothing at the relay.</summary>
    private static void Leave(CallScene scene)
    {
        scene.Alice.Do((call, now) => call.Close(now));
        scene.World.RunUntil(() => scene.Alice.Ended is not null && scene.Bob.Ended is not null, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        scene.World.Run(TimeSpan.FromSeconds(5));
        scene.Relay.Relay.Count.ShouldBe(0);
    }

    private static string Steps(CallScene scene) =>
        string.Join('\n', scene.Alice.Machine.Report().Steps.Select(step => $"alice {step}").Concat(scene.Bob.Machine.Report().Steps.Select(step => $"bob {step}")));
}
