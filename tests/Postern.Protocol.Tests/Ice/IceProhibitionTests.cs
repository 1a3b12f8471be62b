using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Tests.Ice;

/// <summary>"Administratively prohibited", said by a router of ours or by this very computer.</summary>
public class IceProhibitionTests
{
    private static readonly Endpoint Other = Endpoint.Parse("192.0.2.9:7000");
    private static readonly Endpoint Relayed = Endpoint.Parse("198.51.100.8:50001");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_direct_check_leaves_any_more_and_relayed_ones_go_on(bool isOwn)
    {
        var script = new IceScript();
        script.TakeOne();
        script.Agent.HandleProhibition(IceScript.Local, IceScript.Remote, isOwn, script.Now).ShouldBeTrue();
        script.Agent.AddRemoteCandidate(Candidate.Relayed(Other, IceScript.Remote, Relayed.Address, 35000), script.Now);
        script.Agent.AddLocalCandidate(Candidate.Relayed(Relayed, IceScript.Local, Relayed.Address, 35000), script.Now);
        script.Pass(10_000);
        var sent = script.Take();
        sent.Count.ShouldBeGreaterThan(5);
        sent.ShouldAllBe(t => t.Transmit.Source == Relayed);
        script.Agent.Pairs.Count(pair => pair.Failure == PairFailure.Prohibited).ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nor_is_a_direct_check_of_the_peers_answered_while_one_over_the_relay_is(bool isOwn)
    {
        var script = new IceScript();
        script.TakeOne();
        script.Agent.HandleProhibition(IceScript.Local, IceScript.Remote, isOwn, script.Now);
        foreach (var source in new[] { IceScript.Remote, Other })
        {
            script.Hear(script.Request(), source).ShouldBeTrue();
        }

        script.Pass(1000);
        script.Take().ShouldBeEmpty();
        script.Agent.Stats.TurnedAway.ShouldBe(2);

        script.Agent.AddLocalCandidate(Candidate.Relayed(Relayed, IceScript.Local, Relayed.Address, 35000), script.Now);
        script.Take();
        script.Hear(script.Request(), destination: Relayed);
        script.Take().ShouldContain(t => IceScript.Kind(t.Bytes).Class == StunClass.Success && t.Transmit.Source == Relayed);
    }

    [Fact]
    public void An_answer_that_comes_late_opens_nothing()
    {
        var script = new IceScript();
        var check = script.TakeOne();
        script.Hear(script.Request());
        script.Take(); // its triggered check has taken the first one's place
        script.Agent.HandleProhibition(IceScript.Local, IceScript.Remote, isOwn: true, script.Now).ShouldBeTrue();
        script.Hear(IceScript.Answer(check.Bytes));
        script.Agent.SelectedPath.ShouldBeNull();
        script.Agent.Pairs.ShouldHaveSingleItem().Failure.ShouldBe(PairFailure.Prohibited);
    }

    /// <summary>A router's word may be about any packet that looks like ours; our own system's is about what it has just been given.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void That_the_peers_check_came_first_speaks_against_a_routers_word_only(bool isOwn)
    {
        var script = new IceScript();
        script.TakeOne();
        script.Hear(script.Request());
        script.Agent.HandleProhibition(IceScript.Local, IceScript.Remote, isOwn, script.Now).ShouldBe(isOwn);
    }

    /// <summary>To let a flow of the other side's pass is what a filter does that remembers; only a computer's own refusal is surely about all that is left to try.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_way_that_the_peer_opened_ends_where_this_very_computer_refuses(bool isOwn)
    {
        var script = new IceScript(knowsPeer: false);
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        script.Hear(script.Request());
        Answer(script);
        script.Agent.AddRemoteCandidate(Candidate.Host(Other, 35000), script.Now);
        script.Pass(100);
        script.Take().ShouldContain(t => t.Transmit.Destination == Other);
        script.Agent.HandleProhibition(IceScript.Local, Other, isOwn, script.Now).ShouldBeTrue();
        (script.Agent.SelectedPath is null).ShouldBe(isOwn);
        script.Take();
        script.Pass(30_000);
        (script.Take().Count == 0).ShouldBe(isOwn); // nor is it asked again
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_way_that_we_opened_goes_on(bool isOwn)
    {
        var script = new IceScript();
        script.Connect();
        script.Agent.AddRemoteCandidate(Candidate.Host(Other, 35000), script.Now);
        script.Pass(100);
        script.Take();
        script.Agent.HandleProhibition(IceScript.Local, Other, isOwn, script.Now).ShouldBeTrue();
        script.Agent.SelectedPath!.Value.Remote.ShouldBe(IceScript.Remote);
        script.Hear(script.Request());
        IceScript.Kind(script.TakeOne().Bytes).Class.ShouldBe(StunClass.Success);
    }

    private static void Answer(IceScript script)
    {
        var check = script.Take().Single(t => IceScript.Kind(t.Bytes).Class == StunClass.Request);
        script.Hear(IceScript.Answer(check.Bytes)).ShouldBeTrue();
        script.Agent.SelectedPath.ShouldNotBeNull();
    }
}
