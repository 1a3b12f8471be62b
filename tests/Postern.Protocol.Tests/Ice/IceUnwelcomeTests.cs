using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Tests.Ice;

/// <summary>A peer may name any port of anybody as its own: towards one that means something else nothing begins, it is only answered.</summary>
public class IceUnwelcomeTests
{
    private static readonly Endpoint Relayed = Endpoint.Parse("198.51.100.8:50001");
    private static readonly Endpoint Second = Endpoint.Parse("192.0.2.1:5001");
    private static readonly Endpoint Resolver = Endpoint.Parse("203.0.113.2:53");

    public static TheoryData<ushort> Ports => [1, 53, 443, 1023, 1900, 2000, 5353, 31337, 32770, 54321];

    [Theory]
    [MemberData(nameof(Ports))]
    public void Whatever_kind_of_candidate_it_is_no_check_leaves_for_it_not_even_after_all_patience(ushort port)
    {
        var script = Script();
        Tell(script, port);
        script.EndCandidates();
        script.Pass(120_000);
        script.Take().ShouldBeEmpty();
        script.Events.OfType<IceEvent.Failed>().ShouldHaveSingleItem().Reason.ShouldBe(IceFailure.AllPairsFailed);
        script.Agent.Pairs.Count.ShouldBe(12);
        script.Agent.Pairs.ShouldAllBe(pair => pair.Hold == PairHold.Unwelcome && pair.RequestsSent == 0);
        script.Agent.NextDeadline.ShouldBe(Instant.Never);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, IceOptions.UsualOpenerTimeToLive)]
    public void Neither_a_lite_peer_nor_an_opener_is_an_exception(bool isLite, byte opener)
    {
        var script = Script(new() { Role = IceRole.Controlled, PeerIsLite = isLite, OpenerTimeToLive = opener });
        Tell(script, 2000);
        script.Pass(60_000);
        script.Take().ShouldBeEmpty();
    }

    [Fact]
    public void A_neighbouring_port_is_one_like_any_other()
    {
        var script = Script();
        Tell(script, 2001);
        script.Pass(10_000);
        script.Take().Select(t => t.Transmit.Destination).Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void A_check_from_there_is_answered_and_followed_up_on_that_socket_alone()
    {
        var script = Script();
        Tell(script, 53);
        script.Pass(1000);
        script.Hear(script.Request(), Resolver, Second).ShouldBeTrue();
        var sent = script.Take();
        sent.Select(t => (IceScript.Kind(t.Bytes).Class, t.Transmit.Source, t.Transmit.Destination))
            .ShouldBe([(StunClass.Success, Second, Resolver), (StunClass.Request, Second, Resolver)], ignoreOrder: true);
        script.Hear(IceScript.Answer(sent.Single(t => IceScript.Kind(t.Bytes).Class == StunClass.Request).Bytes, Second), Resolver, Second).ShouldBeTrue();
        script.Agent.SelectedPath!.Value.Remote.ShouldBe(Resolver);
        script.Pass(60_000);
        script.Take().ShouldAllBe(t => t.Transmit.Source == Second && t.Transmit.Destination == Resolver);
    }

    [Fact]
    public void A_check_that_came_before_the_peers_words_counts_as_one_that_came_after_them()
    {
        var script = new IceScript(knowsPeer: false);
        script.Hear(script.Request(), Resolver);
        script.Take().Count.ShouldBe(1, "the answer");
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        script.TakeOne().Transmit.Destination.ShouldBe(Resolver);
    }

    [Fact]
    public void A_check_whose_integrity_is_wrong_opens_nothing()
    {
        var script = Script();
        Tell(script, 53);
        script.Hear(script.Request(password: "not-the-password-00000"), Resolver);
        script.Take().ShouldAllBe(t => IceScript.Kind(t.Bytes).Class == StunClass.Error);
        script.Pass(60_000);
        script.Take().ShouldBeEmpty();
    }

    [Fact]
    public void After_a_restart_the_other_side_begins_again()
    {
        var script = new IceScript(knowsPeer: false);
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        script.Hear(script.Request(), Resolver);
        script.Take();
        script.Agent.Restart(script.Now);
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        script.Agent.AddRemoteCandidate(Candidate.Host(Resolver, 35000), script.Now);
        script.Pass(60_000);
        script.Take().ShouldBeEmpty();
    }

    [Fact]
    public void Nobody_can_have_it_guessed()
    {
        var script = Script();
        script.Agent.Guess(IceScript.Local, [Resolver, Resolver with { Port = 32771 }, Resolver with { Port = 40000 }], GuessRhythm.Patient, script.Now);
        script.Pass(20_000);
        script.Take().Select(t => t.Transmit.Destination.Port).Distinct().ShouldBe([(ushort)40000]);
    }

    [Fact]
    public void A_side_whose_own_port_is_such_a_one_begins_and_so_is_reached()
    {
        var world = new SimWorld();
        var (a, b) = (world.AddPeer("192.0.2.1:2000", options: new() { Role = IceRole.Controlled }), world.AddPeer("192.0.2.2:6000"));
        a.AddHost();
        b.AddHost();
        world.Signal(b, a, TimeSpan.FromMilliseconds(60));
        world.RunUntil(() => SimWorld.Has(a, PathKind.Host) && SimWorld.Has(b, PathKind.Host), TimeSpan.FromSeconds(2)).ShouldBeTrue();
        world.Sent[0].Peer.ShouldBe(a);
        world.Sent.First(sent => sent.Peer == b).Class.ShouldBe(StunClass.Success);
    }

    private static IceScript Script(IceOptions? options = null)
    {
        var script = new IceScript(options, knowsPeer: false);
        script.Agent.AddLocalCandidate(Candidate.Host(Second, 34000), script.Now);
        script.Agent.AddLocalCandidate(Candidate.Relayed(Relayed, IceScript.Local, Relayed.Address, 35000), script.Now);
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        return script;
    }

    /// <summary>One candidate of each kind that can be signalled, all at the same port.</summary>
    private static void Tell(IceScript script, ushort port)
    {
        var (host, mapped, predicted, relayed) = (new Endpoint(IpAddress.Parse("10.0.0.2"), port), Resolver with { Port = port },
            new Endpoint(IpAddress.Parse("203.0.113.3"), port), new Endpoint(IpAddress.Parse("198.51.100.9"), port));
        script.Agent.AddRemoteCandidate(Candidate.Host(host, 35000), script.Now);
        script.Agent.AddRemoteCandidate(Candidate.ServerReflexive(mapped, host, Relayed.Address, 35000), script.Now);
        script.Agent.AddRemoteCandidate(Candidate.Predicted(predicted, host, 0), script.Now);
        script.Agent.AddRemoteCandidate(Candidate.Relayed(relayed, mapped, relayed.Address, 35000), script.Now);
    }
}
