using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Tests.Kit;

namespace Postern.Tests.Ice;

public class IceTrickleTests
{
    [Fact]
    public void Candidates_in_every_order_and_at_any_time_lead_to_the_same_path()
    {
        for (var seed = 1UL; seed <= 60; seed++)
        {
            var world = new SimWorld(seed);
            var random = new SeededRandom(seed);
            var a = world.AddPeer("10.0.0.1:5000", SimWorld.NatA(), new() { Renomination = seed % 2 == 0 });
            var b = world.AddPeer("10.0.1.1:6000", SimWorld.NatB(), new() { Renomination = seed % 2 == 0, Role = IceRole.Controlled });
            foreach (var (peer, other) in new[] { (a, b), (b, a) })
            {
                world.At(Soon(random), () => other.Agent.SetRemoteCredentials(peer.Agent.LocalCredentials, world.Now));
                Trickle(world, random, other, peer.AddHost, peer);
                Trickle(world, random, other, peer.AddReflexive, peer);
                Trickle(world, random, other, () => peer.AddRelayed(peer == a ? "198.51.100.8:50001" : "198.51.100.8:50002"), peer);
            }

            world.RunUntil(() => SimWorld.Has(a, PathKind.Punched) && SimWorld.Has(b, PathKind.Punched), TimeSpan.FromSeconds(10)).ShouldBeTrue($"seed {seed}");
        }
    }

    [Fact]
    public void A_check_before_the_peers_credentials_is_answered_at_once_and_followed_up_later()
    {
        var script = new IceScript(new() { Role = IceRole.Controlled }, knowsPeer: false);
        var from = Endpoint.Parse("198.51.100.77:9999");
        script.Hear(script.Request(IceRole.Controlling, useCandidate: true), from).ShouldBeTrue();
        IceScript.Kind(script.TakeOne().Bytes).Class.ShouldBe(StunClass.Success);
        script.Agent.Pairs.ShouldBeEmpty();
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        var (bytes, transmit) = script.TakeOne();
        transmit.Destination.ShouldBe(from);
        script.Hear(IceScript.Answer(bytes), from);
        script.Agent.SelectedPath!.Value.RemoteType.ShouldBe(CandidateType.PeerReflexive);
        script.Agent.Pairs.ShouldHaveSingleItem().IsNominated.ShouldBeTrue();
    }

    [Fact]
    public void A_check_to_a_base_that_is_not_known_yet_waits_for_it()
    {
        var script = new IceScript();
        script.Take();
        var late = Endpoint.Parse("192.0.2.1:5001");
        script.Hear(script.Request(), Endpoint.Parse("192.0.2.9:9"), late).ShouldBeTrue();
        script.TakeOne();
        script.Pass(20);
        script.Agent.AddLocalCandidate(Candidate.Host(late, 1), script.Now);
        script.Take().ShouldContain(t => t.Transmit.Source == late && t.Transmit.Destination == Endpoint.Parse("192.0.2.9:9"));
    }

    [Fact]
    public void Early_checks_are_kept_one_per_address_and_thirty_two_in_all()
    {
        var script = new IceScript(knowsPeer: false);
        for (var i = 0; i < 100; i++)
        {
            for (var again = 0; again < 2; again++)
            {
                script.Hear(script.Request(), new(IpAddress.FromV4(0x0A000000u + (uint)i), 1));
                script.Take();
            }
        }

        script.Agent.Stats.TurnedAway.ShouldBe(2 * (100 - 32));
        script.Agent.Stats.ResponsesSent.ShouldBe(200);
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        script.Agent.Pairs.Count.ShouldBe(16); // as many peer-reflexive candidates as there may be
    }

    [Fact]
    public void A_signalled_candidate_takes_the_place_of_the_peer_reflexive_one()
    {
        var script = new IceScript();
        script.Take();
        var address = Endpoint.Parse("198.51.100.9:50000");
        script.Hear(script.Request(), address);
        script.Take();
        script.Events.ShouldContain(new IceEvent.PeerReflexiveFound(false, address, IceScript.Local));
        var before = script.Agent.Pairs.Single(p => p.Path.Remote == address);
        before.Path.RemoteType.ShouldBe(CandidateType.PeerReflexive);
        script.Agent.AddRemoteCandidate(Candidate.Relayed(address, IceScript.Remote, address.Address, 1), script.Now);
        var after = script.Agent.Pairs.Single(p => p.Path.Remote == address);
        after.Path.RemoteType.ShouldBe(CandidateType.Relayed);
        after.Priority.ShouldBeLessThan(before.Priority);
        after.RequestsReceived.ShouldBe(1);
    }

    [Fact]
    public void A_peer_reflexive_address_with_a_relays_priority_counts_as_relayed()
    {
        var script = new IceScript();
        script.Take();
        var address = Endpoint.Parse("198.51.100.9:50000");
        script.Hear(script.Request(priority: 511), address);
        script.Agent.Pairs.Single(p => p.Path.Remote == address).Path.Kind.ShouldBe(PathKind.Relayed);
    }

    [Fact]
    public void A_candidate_of_another_generation_or_without_sense_is_passed_over()
    {
        var script = new IceScript();
        var good = Candidate.Host(Endpoint.Parse("192.0.2.3:1"), 1);
        script.Agent.AddRemoteCandidate(good with { UsernameFragment = "older" }, script.Now);
        script.Agent.AddRemoteCandidate(good with { Address = Endpoint.Parse("192.0.2.3:0") }, script.Now);
        script.Agent.AddRemoteCandidate(good with { Address = Endpoint.Parse("0.0.0.0:5") }, script.Now);
        script.Agent.AddRemoteCandidate(good with { Address = Endpoint.Parse("224.0.0.1:5") }, script.Now);
        script.Agent.AddRemoteCandidate(good with { Priority = 0 }, script.Now);
        script.Agent.Stats.TurnedAway.ShouldBe(5);
        script.Agent.Pairs.Count.ShouldBe(1);
        script.Agent.AddRemoteCandidate(good with { UsernameFragment = "them" }, script.Now);
        script.Agent.AddRemoteCandidate(good, script.Now);
        script.Agent.Pairs.Count.ShouldBe(2);
    }

    [Fact]
    public void Remote_candidates_and_pairs_are_bounded_and_the_best_stay()
    {
        var script = new IceScript();
        for (var i = 1; i < 4; i++)
        {
            script.Agent.AddLocalCandidate(Candidate.Host(new(IceScript.Local.Address, (ushort)(5000 + i)), (ushort)(35000 - i)), script.Now);
        }

        for (var i = 0; i < 200; i++)
        {
            script.Agent.AddRemoteCandidate(Candidate.Host(new(IpAddress.FromV4(0xC0000300u + (uint)i), 7), (ushort)(1000 + i)), script.Now);
        }

        script.Agent.Pairs.Count.ShouldBe(100);
        script.Agent.Stats.TurnedAway.ShouldBeGreaterThan(200 - 64);
        var priorities = script.Agent.Pairs.Where(p => p.State == PairState.Waiting).Min(p => p.Priority);
        (priorities >> 32).ShouldBeGreaterThan(CandidatePriority.Of(CandidateType.Host, 1030));
    }

    [Fact]
    public void The_best_pair_of_each_kind_is_checked_first_and_the_rest_by_priority()
    {
        var script = new IceScript(knowsPeer: false);
        var plain = Endpoint.Parse("192.0.2.1:5001");
        var relayed = Endpoint.Parse("198.51.100.8:50001");
        script.Agent.AddLocalCandidate(Candidate.Host(plain, 34000), script.Now);
        script.Agent.AddLocalCandidate(Candidate.ServerReflexive(Endpoint.Parse("203.0.113.1:4001"), plain, relayed.Address, 34000), script.Now);
        script.Agent.AddLocalCandidate(Candidate.Relayed(relayed, plain, relayed.Address, 34000), script.Now);
        var (host, reflexive, relay) = (IceScript.Remote, Endpoint.Parse("203.0.113.2:4002"), Endpoint.Parse("198.51.100.8:50002"));
        script.Agent.AddRemoteCandidate(Candidate.Host(host, 35000), script.Now);
        script.Agent.AddRemoteCandidate(Candidate.ServerReflexive(reflexive, host, relayed.Address, 35000), script.Now);
        script.Agent.AddRemoteCandidate(Candidate.Relayed(relay, host, relayed.Address, 35000), script.Now);
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        var order = new List<(Endpoint, Endpoint)>();
        for (var i = 0; i < 9; i++)
        {
            order.AddRange(script.Take().Select(t => (t.Transmit.Source, t.Transmit.Destination)));
            script.Pass(20);
        }

        order.ShouldBe(
        [
            (IceScript.Local, host), (plain, reflexive), (relayed, relay), // the base that a STUN server answered goes before the preferred one
            (plain, host), (IceScript.Local, reflexive), (IceScript.Local, relay), (plain, relay), // from our relay to the peer's own addresses only what answers
        ]);
    }

    [Fact]
    public void From_our_relay_to_the_peers_own_address_leaves_nothing_before_a_check_has_come_from_there()
    {
        var script = WithRelayAlone();
        script.Agent.AddRemoteCandidate(Candidate.ServerReflexive(IceScript.Remote, Endpoint.Parse("10.0.0.2:6000"), Relayed.Address, 35000), script.Now);
        script.EndCandidates();
        script.Pass(4_900);
        script.Take().ShouldBeEmpty("a guard there would see a relay knock");
        script.Hear(script.Request(), destination: Relayed).ShouldBeTrue();
        script.Take().Count(t => IceScript.Kind(t.Bytes).Class == StunClass.Request && t.Transmit.Source == Relayed && t.Transmit.Destination == IceScript.Remote).ShouldBe(1);
    }

    [Fact]
    public void Where_there_is_no_other_way_our_relay_knocks_after_five_seconds()
    {
        var script = WithRelayAlone();
        script.Agent.AddRemoteCandidate(Candidate.Host(IceScript.Remote, 35000), script.Now);
        script.EndCandidates();
        script.Pass(5_100);
        script.TakeOne().Transmit.Source.ShouldBe(Relayed);
        script.Pass(50_000);
        script.Take();
        script.Events.OfType<IceEvent.Failed>().ShouldHaveSingleItem().Reason.ShouldBe(IceFailure.AllPairsFailed);
    }

    [Fact]
    public void A_relay_that_is_gathered_late_does_not_knock_at_an_address_that_only_a_check_showed()
    {
        var script = new IceScript(knowsPeer: false);
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        script.Hear(script.Request(), IceScript.Remote with { Port = 7777 });
        script.Take();
        script.Agent.AddLocalCandidate(Candidate.Relayed(Relayed, IceScript.Local, Relayed.Address, 35000), script.Now);
        script.Pass(4_000);
        script.Take().ShouldAllBe(t => t.Transmit.Source != Relayed);
    }

    [Fact]
    public void Towards_a_lite_peer_which_sends_no_checks_our_relay_begins()
    {
        var script = WithRelayAlone(new() { PeerIsLite = true });
        script.Agent.AddRemoteCandidate(Candidate.Host(IceScript.Remote, 35000), script.Now);
        script.TakeOne().Transmit.Source.ShouldBe(Relayed);
    }

    private static readonly Endpoint Relayed = Endpoint.Parse("198.51.100.8:50001");

    private static IceScript WithRelayAlone(IceOptions? options = null)
    {
        var script = new IceScript(options, knowsPeer: false);
        script.Agent.RemoveLocalCandidates(IceScript.Local, script.Now);
        script.Agent.AddLocalCandidate(Candidate.Relayed(Relayed, IceScript.Local, Relayed.Address, 35000), script.Now);
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        return script;
    }

    private static TimeSpan Soon(SeededRandom random) => TimeSpan.FromMilliseconds(random.Next(0, 400));

    private static void Trickle(SimWorld world, SeededRandom random, SimPeer other, Action add, SimPeer peer) =>
        world.At(Soon(random), () =>
        {
            var known = peer.Candidates.Count;
            add();
            foreach (var candidate in peer.Candidates.Skip(known).ToList())
            {
                world.At(Soon(random), () =>
                {
                    other.Agent.AddRemoteCandidate(candidate with { Base = default }, world.Now);
                    world.Drain(other);
                });
            }
        });

    private static void Trickle(SimWorld world, SeededRandom random, SimPeer other, Action<int> add, SimPeer peer) =>
        Trickle(world, random, other, () => add(0), peer);
}
