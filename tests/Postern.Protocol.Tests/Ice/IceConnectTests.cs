using Postern.Protocol.Ice;
using Postern.Protocol.Net;

namespace Postern.Tests.Ice;

public class IceConnectTests
{
    private static readonly TimeSpan S = TimeSpan.FromMilliseconds(60);

    [Fact]
    public void Two_open_peers_find_the_host_path_with_exactly_these_packets()
    {
        var world = new SimWorld();
        var (a, b) = Pair(world, null, null);
        world.Signal(a, b, S);
        world.RunUntil(() => BothHavePath(a, b), TimeSpan.FromSeconds(1)).ShouldBeTrue();
        a.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Host);
        b.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Host);
        world.Run(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Port_restricted_peers_are_through_within_the_bound()
    {
        var world = new SimWorld();
        var (a, b) = Pair(world, new SimNat(IpAddress.Parse("203.0.113.1")), new SimNat(IpAddress.Parse("203.0.113.2")), opener: IceOptions.UsualOpenerTimeToLive);
        var start = world.Now;
        world.Signal(a, b, S);
        world.RunUntil(() => BothHavePath(a, b), TimeSpan.FromSeconds(1)).ShouldBeTrue();
        var bound = S + (world.PathDelay * 3) + TimeSpan.FromMilliseconds(40);
        (world.Now - start).ShouldBeLessThanOrEqualTo(bound);
    }

    private static (SimPeer A, SimPeer B) Pair(SimWorld world, SimNat? natA, SimNat? natB, byte opener = 0, bool renomination = true)
    {
        var a = world.AddPeer(natA is null ? "192.0.2.1:5000" : "10.0.0.1:5000", natA, new() { Role = IceRole.Controlling, Renomination = renomination });
        var b = world.AddPeer(natB is null ? "192.0.2.2:6000" : "10.0.1.1:6000", natB, new() { Role = IceRole.Controlled, Renomination = renomination, OpenerTimeToLive = opener });
        foreach (var peer in new[] { a, b })
        {
            peer.AddHost();
            peer.AddReflexive();
            peer.Agent.EndLocalCandidates(world.Now);
        }

        return (a, b);
    }

    private static bool BothHavePath(SimPeer a, SimPeer b) => a.Agent.SelectedPath is not null && b.Agent.SelectedPath is not null;
}
