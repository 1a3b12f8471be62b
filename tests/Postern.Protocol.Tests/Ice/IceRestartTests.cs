using Postern.Protocol.Ice;

namespace Postern.Tests.Ice;

public class IceRestartTests
{
    private static readonly TimeSpan S = TimeSpan.FromMilliseconds(60);

    [Fact]
    public void Data_stays_on_the_old_path_until_a_new_one_validates()
    {
        var (world, a, b) = Connected();
        world.Every(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(10), () =>
        {
            a.SendData().ShouldBeTrue();
            b.SendData().ShouldBeTrue();
        });
        world.Run(TimeSpan.FromSeconds(1));
        var old = a.Agent.LocalCredentials;
        var restarted = world.Now;
        a.Agent.Restart(world.Now);
        b.Agent.Restart(world.Now);
        a.Agent.LocalCredentials.ShouldNotBe(old);
        a.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Punched);
        world.Run(TimeSpan.FromSeconds(1)); // signalling takes its time
        world.Signal(a, b, S);
        world.Run(TimeSpan.FromSeconds(9));
        b.Data.Count.ShouldBe(500);
        a.Data.Count.ShouldBe(500);
        foreach (var peer in new[] { a, b })
        {
            peer.All<IceEvent.PathChanged>().ShouldContain(e => e.Reason == PathChangeReason.Restarted);
            peer.All<IceEvent.PathLost>().ShouldBeEmpty();
            peer.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Punched);
            peer.Agent.Pairs.ShouldAllBe(p => p.FirstSent > restarted);
        }
    }

    [Fact]
    public void After_a_restart_checks_of_the_former_generation_are_still_answered_under_its_password()
    {
        var script = new IceScript();
        script.Connect();
        script.Take();
        var check = script.Request();
        script.Agent.Restart(script.Now);
        script.Hear(check).ShouldBeTrue();
        IceScript.Kind(script.TakeOne().Bytes).ShouldBe((Protocol.Stun.StunClass.Success, 0));
        script.Agent.Restart(script.Now);
        script.Hear(check).ShouldBeFalse(); // two generations ago
    }

    [Fact]
    public void Other_credentials_without_a_restart_are_passed_over()
    {
        var script = new IceScript();
        script.Agent.SetRemoteCredentials(IceScript.Theirs, script.Now);
        script.Agent.Stats.TurnedAway.ShouldBe(0);
        script.Agent.SetRemoteCredentials(new("other", "another-password-0123456789"), script.Now);
        script.Agent.Stats.TurnedAway.ShouldBe(1);
        script.Connect();
    }

    [Fact]
    public void A_restart_after_a_failure_begins_anew()
    {
        var world = new SimWorld { IsBlocked = (_, _) => true };
        var (a, b) = world.AddPair(SimWorld.NatA(), SimWorld.NatB());
        world.Signal(a, b, S);
        world.Run(TimeSpan.FromSeconds(60));
        a.All<IceEvent.Failed>().Single().Reason.ShouldBe(IceFailure.AllPairsFailed);
        world.IsBlocked = null;
        a.Agent.Restart(world.Now);
        b.Agent.Restart(world.Now);
        world.Signal(a, b, S);
        world.RunUntil(() => SimWorld.Has(a, PathKind.Punched) && SimWorld.Has(b, PathKind.Punched), TimeSpan.FromSeconds(2)).ShouldBeTrue();
    }

    [Fact]
    public void A_restart_while_the_network_changes_moves_to_the_new_addresses()
    {
        var (world, a, b) = Connected();
        a.Nat!.Reset();
        world.IsBlocked = (from, to) => SimWorld.IsOf(from, a) || SimWorld.IsOf(to, a);
        var moved = world.AddPeer("10.0.2.1:7000", new SimNat(Protocol.Net.IpAddress.Parse("203.0.113.3")), new() { Renomination = true });
        moved.AddHost();
        moved.AddReflexive();
        b.Agent.Restart(world.Now);
        world.Signal(moved, b, S);
        world.RunUntil(() => SimWorld.Has(moved, PathKind.Punched) && b.Agent.SelectedPath!.Value.Remote.Address == moved.Nat!.PublicAddress, TimeSpan.FromSeconds(3)).ShouldBeTrue();
    }

    private static (SimWorld World, SimPeer A, SimPeer B) Connected()
    {
        var world = new SimWorld();
        var (a, b) = world.AddPair(SimWorld.NatA(), SimWorld.NatB(), withRelay: true);
        world.Signal(a, b, S);
        world.Run(TimeSpan.FromSeconds(2));
        a.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Punched);
        return (world, a, b);
    }
}
