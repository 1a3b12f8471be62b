using Postern.Protocol.Ice;
using Postern.Protocol.Net;

namespace Postern.Tests.Ice;

public class IceLivenessTests
{
    private static readonly TimeSpan DataInterval = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Data_continues_over_the_relay_within_three_seconds_and_moves_back(bool renomination)
    {
        var (world, a, b) = Connected(renomination);
        Chat(world, a, b, TimeSpan.FromSeconds(60));
        world.Run(TimeSpan.FromSeconds(5));

        world.BlockDirect(a, b);
        var cut = world.Now;
        world.Run(TimeSpan.FromSeconds(20));
        a.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Relayed);
        b.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Relayed);
        LongestGap(a).ShouldBeLessThan(TimeSpan.FromSeconds(3));
        LongestGap(b).ShouldBeLessThan(TimeSpan.FromSeconds(3));
        a.All<IceEvent.PathChanged>().Last().Reason.ShouldBe(PathChangeReason.Silence);
        a.All<IceEvent.PairFailed>().Last().Cause.ShouldBe(PairFailure.Silence);

        world.IsBlocked = null;
        var mended = world.Now;
        world.Run(TimeSpan.FromSeconds(12));
        a.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Punched);
        b.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Punched);
        a.Data[^1].At.ShouldBeGreaterThan(mended);
        a.All<IceEvent.PathLost>().ShouldBeEmpty();
        cut.ShouldBeLessThan(mended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_cut_in_one_direction_moves_both_sides(bool cutsTowardsControlled)
    {
        var (world, a, b) = Connected();
        Chat(world, a, b, TimeSpan.FromSeconds(40));
        world.Run(TimeSpan.FromSeconds(5));
        var (from, to) = cutsTowardsControlled ? (a, b) : (b, a);
        world.IsBlocked = (source, destination) => SimWorld.IsOf(source, from) && SimWorld.IsOf(destination, to);
        world.Run(TimeSpan.FromSeconds(20));
        a.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Relayed);
        b.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Relayed);
        LongestGap(a).ShouldBeLessThan(TimeSpan.FromSeconds(4.5));
        LongestGap(b).ShouldBeLessThan(TimeSpan.FromSeconds(4.5));
    }

    [Fact]
    public void An_idle_session_costs_this_many_requests_and_no_more()
    {
        var (world, a, b) = Connected();
        world.Run(TimeSpan.FromSeconds(5));
        foreach (var peer in new[] { a, b })
        {
            peer.Agent.Stats.ProbesSent.ShouldBe(0);
        }

        var before = (a.Agent.Stats with { }, b.Agent.Stats with { });
        world.Sent.Clear();
        world.Run(TimeSpan.FromSeconds(600));
        foreach (var (peer, was) in new[] { (a, before.Item1), (b, before.Item2) })
        {
            var consent = peer.Agent.Stats.ConsentChecksSent - was.ConsentChecksSent;
            var kept = peer.Agent.Stats.KeepAlivesSent - was.KeepAlivesSent;
            consent.ShouldBeInRange(600 / 6, 600 / 4);
            kept.ShouldBeInRange(600 / 12, 600 / 10); // one warm pair, the relayed one
            (peer.Agent.Stats.RequestsSent - was.RequestsSent).ShouldBe(consent + kept);
            peer.Agent.Stats.ProbesSent.ShouldBe(0);
            peer.Agent.Stats.RechecksSent.ShouldBe(0);

            var relayed = world.Sent.Where(s => s.Peer == peer && s.Class == Protocol.Stun.StunClass.Request && s.Transmit.Destination.Address == a.Relayed.Address).Select(s => s.At).ToList();
            relayed.Zip(relayed.Skip(1)).ShouldAllBe(pair => pair.Second - pair.First >= TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public void At_most_two_pairs_are_kept_warm_beside_the_selected_one_and_the_rest_are_let_go()
    {
        var world = new SimWorld();
        var (a, b) = world.AddPair(null, null, withRelay: true);
        world.Signal(a, b, TimeSpan.FromMilliseconds(60));
        world.Run(TimeSpan.FromSeconds(60));
        a.Agent.Pairs.Count(p => p.State == PairState.Succeeded).ShouldBe(2);
        a.Agent.Pairs.Count(p => p.Failure == PairFailure.Released).ShouldBe(2);
        a.All<IceEvent.PairFailed>().ShouldBeEmpty();
        b.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Host);
    }

    [Fact]
    public void Consent_expires_after_thirty_seconds_without_an_answer_and_the_path_comes_back()
    {
        var (world, a, b) = Connected(withRelay: false);
        world.Run(TimeSpan.FromSeconds(3));
        world.BlockDirect(a, b);
        var cut = world.Now;
        world.RunUntil(() => a.All<IceEvent.PathLost>().Any(), TimeSpan.FromSeconds(60)).ShouldBeTrue();
        (world.Now - cut).TotalSeconds.ShouldBeInRange(27, 30);
        a.Agent.SelectedPath.ShouldBeNull();
        a.All<IceEvent.PathLost>().Single().Reason.ShouldBe(PairFailure.ConsentExpired);
        world.Run(TimeSpan.FromSeconds(5));
        world.IsBlocked = null;
        world.RunUntil(() => SimWorld.Has(a, PathKind.Punched) && SimWorld.Has(b, PathKind.Punched), TimeSpan.FromSeconds(11)).ShouldBeTrue();
        a.All<IceEvent.Failed>().ShouldBeEmpty();
    }

    [Fact]
    public void A_path_that_does_not_come_back_is_a_failure_and_nothing_is_sent_any_more()
    {
        var (world, a, b) = Connected(withRelay: false);
        world.BlockDirect(a, b);
        world.Run(TimeSpan.FromSeconds(75));
        a.All<IceEvent.Failed>().Single().Reason.ShouldBe(IceFailure.PathLost);
        world.Sent.Clear();
        world.Run(TimeSpan.FromSeconds(600));
        world.Sent.ShouldBeEmpty();
        a.Agent.NextDeadline.ShouldBe(Instant.Never);
        b.Agent.NextDeadline.ShouldBe(Instant.Never);
    }

    [Fact]
    public void A_dead_pair_is_asked_after_two_seconds_and_then_less_often()
    {
        var (world, a, b) = Connected();
        Chat(world, a, b, TimeSpan.FromSeconds(80));
        world.Run(TimeSpan.FromSeconds(5));
        world.BlockDirect(a, b);
        world.RunUntil(() => SimWorld.Has(a, PathKind.Relayed), TimeSpan.FromSeconds(3)).ShouldBeTrue();
        var died = world.Now;
        world.Sent.Clear();
        world.Run(TimeSpan.FromSeconds(45));
        var asked = world.Sent.Where(s => s.Peer == a && s.Transmit.Destination.Address == b.Nat!.PublicAddress && s.Transmit.Source == a.Host).Select(s => (s.At - died).TotalSeconds).ToList();
        asked.ShouldBe([2, 4, 7, 11.5, 18.25, 28.25, 38.25], tolerance: 0.001);
        a.Agent.Stats.RechecksSent.ShouldBe(asked.Count);
    }

    [Fact]
    public void Data_sent_into_silence_is_followed_by_probes_after_a_second()
    {
        var script = new IceScript(new() { Renomination = true });
        script.Connect();
        script.Take();
        script.Pass(50);
        foreach (var (bytes, _) in script.Take())
        {
            script.Hear(IceScript.Answer(bytes));
        }

        script.Agent.NotePacketSent(IceScript.Local, IceScript.Remote, script.Now);
        script.Pass(999);
        script.Take().ShouldBeEmpty();
        script.Pass(1);
        var probe = script.TakeOne();
        script.Pass(250);
        script.TakeOne();
        script.Agent.Stats.ProbesSent.ShouldBe(2);
        script.Hear(IceScript.Answer(probe.Bytes)); // the first one's answer was only late
        script.Pass(500);
        script.Take().ShouldBeEmpty();
    }

    [Fact]
    public void A_long_round_trip_is_no_silence()
    {
        var world = new SimWorld { PathDelay = TimeSpan.FromSeconds(1.2), RelayDelay = TimeSpan.FromMilliseconds(20) };
        var (a, b) = world.AddPair(SimWorld.NatA(), SimWorld.NatB(), withRelay: true);
        world.Signal(a, b, TimeSpan.FromMilliseconds(60));
        world.Run(TimeSpan.FromSeconds(10));
        a.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Punched);
        b.Echoes = true;
        world.Every(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30), () => a.SendData());
        world.Run(TimeSpan.FromSeconds(30));
        a.All<IceEvent.PathChanged>().ShouldNotContain(e => e.Reason == PathChangeReason.Silence);
    }

    /// <summary>A router that gives the binding another port now and then, in a session that lasts for days.</summary>
    [Fact]
    public void A_peer_whose_outer_port_moves_forty_times_is_followed_each_time()
    {
        var world = new SimWorld();
        var nat = new SimNat(IpAddress.Parse("203.0.113.1")) { IsSymmetric = true };
        var (a, b) = world.AddPair(nat, null, withRelay: true);
        world.Signal(a, b, TimeSpan.FromMilliseconds(60));
        world.Run(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 40; i++)
        {
            nat.Reset();
            var former = b.Agent.SelectedPath!.Value.Remote;
            world.Every(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(20), () =>
            {
                a.SendData();
                b.SendData();
            });
            world.Run(TimeSpan.FromSeconds(20));
            b.Agent.SelectedPath!.Value.Remote.ShouldNotBe(former, $"after {i} moves");
            SimWorld.Has(a, PathKind.Relayed).ShouldBeFalse();
            SimWorld.Has(b, PathKind.Relayed).ShouldBeFalse($"after {i} moves");
        }

        b.Agent.Pairs.Count.ShouldBeLessThan(40);
    }

    [Fact]
    public void A_socket_that_is_gone_takes_its_pairs_along()
    {
        var (world, a, _) = Connected();
        a.Agent.RemoveLocalCandidates(a.Host, world.Now);
        world.Drain(a);
        a.Agent.SelectedPath!.Value.Local.ShouldBe(a.Relayed);
        a.All<IceEvent.PathChanged>().Last().Reason.ShouldBe(PathChangeReason.Removed);
        a.Agent.RemoveLocalCandidates(a.Relayed, world.Now);
        world.Drain(a);
        a.Agent.SelectedPath.ShouldBeNull();
        a.All<IceEvent.PathLost>().Last().Reason.ShouldBe(PairFailure.Removed);
    }

    private static (SimWorld World, SimPeer A, SimPeer B) Connected(bool renomination = true, bool withRelay = true)
    {
        var world = new SimWorld();
        var (a, b) = world.AddPair(SimWorld.NatA(), SimWorld.NatB(), withRelay, IceOptions.UsualOpenerTimeToLive, renomination);
        world.Signal(a, b, TimeSpan.FromMilliseconds(60));
        world.Run(TimeSpan.FromSeconds(25)); // the pairs that cannot work have failed
        a.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Punched);
        b.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Punched);
        return (world, a, b);
    }

    private static void Chat(SimWorld world, SimPeer a, SimPeer b, TimeSpan time) =>
        world.Every(DataInterval, time, () =>
        {
            a.SendData();
            b.SendData();
        });

    private static TimeSpan LongestGap(SimPeer peer) => peer.Data.Zip(peer.Data.Skip(1)).Max(pair => pair.Second.At - pair.First.At);
}
