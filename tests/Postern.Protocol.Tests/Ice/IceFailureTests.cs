using Postern.Protocol.Ice;
using Postern.Protocol.Net;

namespace Postern.Tests.Ice;

public class IceFailureTests
{
    [Fact]
    public void Without_an_end_of_candidates_the_agent_waits_39_5_seconds()
    {
        var script = new IceScript();
        var start = script.Now;
        script.Pass(39499);
        script.Take();
        script.Events.OfType<IceEvent.PairFailed>().Single().Cause.ShouldBe(PairFailure.Unanswered);
        script.Events.OfType<IceEvent.Failed>().ShouldBeEmpty();
        script.Pass(1);
        script.Take();
        script.Events.OfType<IceEvent.Failed>().Single().Reason.ShouldBe(IceFailure.AllPairsFailed);
        (script.Now - start).ShouldBe(TimeSpan.FromMilliseconds(39500));
        script.Agent.NextDeadline.ShouldBe(Instant.Never);
    }

    [Fact]
    public void With_all_candidates_tried_there_is_nothing_to_wait_for()
    {
        var script = new IceScript();
        var start = script.Now;
        script.EndCandidates();
        for (; !script.Events.OfType<IceEvent.Failed>().Any(); script.Take())
        {
            script.Now = script.Agent.NextDeadline;
            script.Agent.HandleDeadline(script.Now);
        }

        (script.Now - start).ShouldBe(TimeSpan.FromMilliseconds(19750));
        script.Agent.Pairs.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            p => p.RequestsSent.ShouldBe(7), p => p.FirstSent.ShouldBe(start), p => p.FirstValid.ShouldBe(Instant.Never), p => p.Failure.ShouldBe(PairFailure.Unanswered));
    }

    [Fact]
    public void Without_any_pair_patience_lasts_as_long_since_the_peer_may_still_show_itself()
    {
        var script = new IceScript(knowsPeer: false);
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        script.EndCandidates();
        script.Pass(39499);
        script.Take();
        script.Events.ShouldBeEmpty();
        script.Pass(1);
        script.Take();
        script.Events.ShouldBe([new IceEvent.Failed(IceFailure.NoPairs)]);
    }

    [Fact]
    public void Before_the_peers_credentials_nothing_fails()
    {
        var script = new IceScript(knowsPeer: false);
        script.Pass(1_000_000);
        script.Take().ShouldBeEmpty();
        script.Events.ShouldBeEmpty();
        script.Agent.NextDeadline.ShouldBe(Instant.Never);
    }

    [Fact]
    public void A_new_candidate_or_a_check_from_the_peer_revives_a_failed_agent()
    {
        var script = new IceScript();
        script.Pass(40000);
        script.Take();
        script.Agent.AddRemoteCandidate(Candidate.Host(Endpoint.Parse("192.0.2.9:9009"), 1), script.Now);
        script.TakeOne().Transmit.Destination.ShouldBe(Endpoint.Parse("192.0.2.9:9009"));
        script.Pass(100_000);
        script.Take();
        script.Events.OfType<IceEvent.Failed>().Count().ShouldBe(2);

        script.Hear(script.Request());
        var check = script.Take().Single(t => IceScript.Kind(t.Bytes).Class == Protocol.Stun.StunClass.Request);
        script.Hear(IceScript.Answer(check.Bytes));
        script.Agent.SelectedPath.ShouldNotBeNull();
        script.Pass(100_000);
        script.Take();
        script.Events.OfType<IceEvent.Failed>().Last().Reason.ShouldBe(IceFailure.PathLost);
    }

    [Fact]
    public void Both_sides_report_what_was_tried_on_each_pair()
    {
        var world = new SimWorld { IsBlocked = (_, _) => true };
        var (a, b) = world.AddPair(SimWorld.NatA(), SimWorld.NatB(), withRelay: true);
        world.Signal(a, b, TimeSpan.FromMilliseconds(60));
        world.Run(TimeSpan.FromSeconds(60));
        foreach (var peer in new[] { a, b })
        {
            peer.All<IceEvent.Failed>().Count().ShouldBe(1);
            peer.Agent.Pairs.Count.ShouldBe(6); // two bases, three remote candidates
            peer.Agent.Pairs.ShouldAllBe(p => p.RequestsSent == 7 && p.Failure == PairFailure.Unanswered);
            peer.All<IceEvent.PairFailed>().Count().ShouldBe(6);
        }
    }
}
