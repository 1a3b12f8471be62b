using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Tests.Ice;

public class IceNominationTests
{
    private static readonly Endpoint Second = Endpoint.Parse("192.0.2.3:6001");
    private static readonly Endpoint Relay = Endpoint.Parse("198.51.100.9:50000");

    [Fact]
    public void Between_Postern_peers_each_better_pair_is_nominated_with_a_higher_value()
    {
        var script = Controlling(new() { Renomination = true });
        AnswerOnly(script, Relay, 60);
        Value(NominationTo(script, Relay)).ShouldBe(1u);
        AnswerOnly(script, IceScript.Remote, 600);
        Value(NominationTo(script, IceScript.Remote)).ShouldBe(2u);
    }

    [Fact]
    public void A_standard_peer_gets_one_nomination_and_no_value_as_soon_as_nothing_better_can_come()
    {
        var script = Controlling(new());
        script.EndCandidates();
        var asked = AnswerAll(script, IceScript.Remote, 50);
        var nominations = asked.Where(t => IceScript.Has(t.Bytes, StunAttributeType.UseCandidate)).ToList();
        nominations.ShouldNotBeEmpty();
        nominations.ShouldAllBe(t => t.Transmit.Destination == IceScript.Remote && !IceScript.Has(t.Bytes, StunAttributeType.Nomination));
        script.Events.OfType<IceEvent.NominationMade>().ShouldHaveSingleItem().Value.ShouldBe(0u);
    }

    [Fact]
    public void Towards_a_standard_peer_a_relayed_pair_waits_two_seconds_for_a_better_one_while_data_flows()
    {
        var script = Controlling(new());
        var start = script.Now;
        AnswerOnly(script, Relay, 60);
        script.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Relayed);
        var valid = script.Agent.Pairs.Single(p => p.Path.Remote == Relay).FirstValid;
        FirstNomination(script).ShouldBe(valid + TimeSpan.FromSeconds(2));
        start.ShouldBeLessThan(valid);
    }

    [Fact]
    public void Towards_a_standard_peer_a_direct_pair_waits_half_a_second_for_a_better_one()
    {
        var script = Controlling(new());
        AnswerOnly(script, Second, 60);
        var valid = script.Agent.Pairs.Single(p => p.Path.Remote == Second).FirstValid;
        FirstNomination(script).ShouldBe(valid + TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void After_the_nomination_a_standard_peer_is_not_asked_again_for_a_better_pair()
    {
        var script = Controlling(new());
        AnswerOnly(script, Second, 60);
        AnswerAll(script, Second, 1000);
        script.Agent.SelectedPath!.Value.Remote.ShouldBe(Second);
        AnswerAll(script, IceScript.Remote, 2000).ShouldAllBe(t => t.Transmit.Destination == Second || !IceScript.Has(t.Bytes, StunAttributeType.UseCandidate));
        script.Agent.SelectedPath!.Value.Remote.ShouldBe(Second);
    }

    [Fact]
    public void Consent_checks_repeat_the_nomination_to_a_standard_peer()
    {
        var script = Controlling(new());
        script.EndCandidates();
        AnswerAll(script, IceScript.Remote, 50);
        AnswerAll(script, IceScript.Remote, 6000)[^1].ShouldSatisfyAllConditions(
            t => t.Transmit.Destination.ShouldBe(IceScript.Remote),
            t => IceScript.Has(t.Bytes, StunAttributeType.UseCandidate).ShouldBeTrue());
        script.Events.OfType<IceEvent.NominationMade>().Count().ShouldBe(1);
    }

    [Fact]
    public void The_controlled_side_follows_the_highest_value_even_to_a_worse_pair()
    {
        var script = Controlled(renomination: true);
        script.Hear(script.Request(IceRole.Controlling, useCandidate: true, nomination: 1), IceScript.Remote);
        script.Pass(1);
        script.Hear(script.Request(IceRole.Controlling, useCandidate: true, nomination: 2), Relay);
        script.Agent.SelectedPath!.Value.Remote.ShouldBe(Relay);
        script.Hear(script.Request(IceRole.Controlling, useCandidate: true, nomination: 1), IceScript.Remote); // a late repeat
        script.Agent.SelectedPath!.Value.Remote.ShouldBe(Relay);
        script.Take();
        script.Events.OfType<IceEvent.NominationMade>().Select(e => (e.Value, e.ByPeer)).ShouldBe([(1u, true), (2u, true)]);
        script.Events.OfType<IceEvent.PathChanged>().Last().Reason.ShouldBe(PathChangeReason.Nominated);
    }

    [Fact]
    public void An_aggressive_nominators_best_pair_counts_and_later_its_newest()
    {
        var script = Controlled(renomination: false);
        script.Hear(script.Request(IceRole.Controlling, useCandidate: true), Relay);
        script.Agent.SelectedPath!.Value.Remote.ShouldBe(Relay);
        script.Pass(100);
        script.Hear(script.Request(IceRole.Controlling, useCandidate: true), IceScript.Remote);
        script.Agent.SelectedPath!.Value.Remote.ShouldBe(IceScript.Remote);
        script.Pass(100);
        script.Hear(script.Request(IceRole.Controlling, useCandidate: true), Relay); // still within the aggressive phase
        script.Agent.SelectedPath!.Value.Remote.ShouldBe(IceScript.Remote);

        for (var i = 0; i < 8; i++)
        {
            KeepAlive(script, 500); // Chrome says USE-CANDIDATE again in each ping of its chosen pair
            script.Hear(script.Request(IceRole.Controlling, useCandidate: true), Relay);
        }

        script.Agent.SelectedPath!.Value.Remote.ShouldBe(Relay);
    }

    [Fact]
    public void A_nomination_of_a_pair_that_is_not_valid_yet_counts_once_it_is()
    {
        var script = new IceScript(new() { Role = IceRole.Controlled });
        var check = script.TakeOne();
        script.Hear(script.Request(IceRole.Controlling, useCandidate: true));
        script.Agent.SelectedPath.ShouldBeNull();
        script.Hear(IceScript.Answer(check.Bytes));
        script.Agent.SelectedPath.ShouldNotBeNull();
        script.Agent.Pairs.ShouldHaveSingleItem().IsNominated.ShouldBeTrue();
    }

    [Fact]
    public void A_controlled_agent_never_says_USE_CANDIDATE_and_a_controlling_one_ignores_it()
    {
        var controlled = new IceScript(new() { Role = IceRole.Controlled, Renomination = true });
        controlled.Connect();
        KeepAlive(controlled, 20000).ShouldAllBe(t => !IceScript.Has(t.Bytes, StunAttributeType.UseCandidate));

        var controlling = new IceScript(new() { Role = IceRole.Controlling });
        controlling.Hear(controlling.Request(IceRole.Controlled, useCandidate: true));
        controlling.Agent.Pairs.ShouldHaveSingleItem().IsNominated.ShouldBeFalse();
    }

    private static IceScript Controlling(IceOptions options)
    {
        var script = new IceScript(options);
        script.Agent.AddRemoteCandidate(Candidate.Host(Second, 34000), script.Now);
        script.Agent.AddRemoteCandidate(Candidate.Relayed(Relay, IceScript.Remote, Relay.Address, 35000), script.Now);
        return script;
    }

    /// <summary>Controlled, with a direct and a relayed pair that are both valid.</summary>
    private static IceScript Controlled(bool renomination)
    {
        var script = new IceScript(new() { Role = IceRole.Controlled, Renomination = renomination });
        script.Agent.AddRemoteCandidate(Candidate.Relayed(Relay, IceScript.Remote, Relay.Address, 35000), script.Now);
        KeepAlive(script, 100);
        script.Agent.Pairs.ShouldAllBe(p => p.State == PairState.Succeeded);
        return script;
    }

    private static List<(byte[] Bytes, Transmit Transmit)> KeepAlive(IceScript script, double milliseconds) => AnswerAll(script, null, milliseconds);

    /// <summary>Answers all checks to one address, or to all, while the time passes; returns all that was sent.</summary>
    private static List<(byte[] Bytes, Transmit Transmit)> AnswerAll(IceScript script, Endpoint? only, double milliseconds)
    {
        var all = new List<(byte[] Bytes, Transmit Transmit)>();
        for (var passed = 0.0; passed < milliseconds; passed += 10)
        {
            foreach (var sent in script.Take().Where(t => IceScript.Kind(t.Bytes).Class == StunClass.Request))
            {
                all.Add(sent);
                if (only is null || sent.Transmit.Destination == only)
                {
                    script.Hear(IceScript.Answer(sent.Bytes), sent.Transmit.Destination, sent.Transmit.Source);
                }
            }

            script.Pass(10);
        }

        return all;
    }

    private static void AnswerOnly(IceScript script, Endpoint only, double milliseconds)
    {
        for (var passed = 0.0; passed < milliseconds; passed += 10)
        {
            foreach (var sent in script.Take().Where(t => t.Transmit.Destination == only && !IceScript.Has(t.Bytes, StunAttributeType.UseCandidate)))
            {
                script.Hear(IceScript.Answer(sent.Bytes), sent.Transmit.Destination, sent.Transmit.Source);
                return;
            }

            script.Pass(10);
        }
    }

    private static byte[] NominationTo(IceScript script, Endpoint remote)
    {
        for (var i = 0; i < 20; i++)
        {
            foreach (var sent in script.Take())
            {
                if (sent.Transmit.Destination == remote && IceScript.Has(sent.Bytes, StunAttributeType.UseCandidate))
                {
                    return sent.Bytes;
                }
            }

            script.Pass(10);
        }

        throw new InvalidOperationException("No nomination came.");
    }

    private static uint Value(byte[] nomination)
    {
        StunMessage.TryParse(nomination, out var message);
        message.TryGetUInt32(StunAttributeType.Nomination, out var value).ShouldBeTrue();
        return value;
    }

    private static Instant FirstNomination(IceScript script)
    {
        for (var i = 0; i < 5000; i++)
        {
            if (script.Take().Exists(t => IceScript.Has(t.Bytes, StunAttributeType.UseCandidate)))
            {
                return script.Now;
            }

            script.Pass(1);
        }

        throw new InvalidOperationException("No nomination came.");
    }
}
