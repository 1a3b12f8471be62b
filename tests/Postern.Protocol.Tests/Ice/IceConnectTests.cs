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
        var (a, b) = world.AddPair(null, null);
        world.Signal(a, b, S);
        world.Run(TimeSpan.FromSeconds(3));
        a.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Host);
        b.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Host);
        a.Agent.SelectedPath!.Value.RoundTrip.ShouldBe(world.PathDelay * 2);

        // The answerer's check comes before its answer; the offerer answers it, checks in turn, and nominates.
        a.Agent.Stats.RequestsSent.ShouldBe(2);
        a.Agent.Stats.ResponsesSent.ShouldBe(1);
        b.Agent.Stats.RequestsSent.ShouldBe(1);
        b.Agent.Stats.ResponsesSent.ShouldBe(2);
        world.Sent.Count.ShouldBe(6);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(60, 50)]
    [InlineData(300, 10)]
    [InlineData(20, 200)]
    [InlineData(120, 120)]
    public void Port_restricted_peers_are_through_on_both_sides_within_the_bound(int signalling, int path)
    {
        foreach (var withRelay in new[] { false, true })
        {
            var world = new SimWorld { PathDelay = TimeSpan.FromMilliseconds(path / 2.0) };
            var (a, b) = world.AddPair(SimWorld.NatA(), SimWorld.NatB(), withRelay: withRelay, opener: IceOptions.UsualOpenerTimeToLive);
            var start = world.Now;
            world.Signal(a, b, TimeSpan.FromMilliseconds(signalling));
            world.RunUntil(() => SimWorld.Has(a, PathKind.Punched) && SimWorld.Has(b, PathKind.Punched), TimeSpan.FromSeconds(5)).ShouldBeTrue();

            // S + 1.5 P + 2 Ta; the optimum is S + 1.5 P
            (world.Now - start).TotalMilliseconds.ShouldBeLessThanOrEqualTo(signalling + (1.5 * path) + (2 * 20));
        }
    }

    [Fact]
    public void A_punched_path_takes_exactly_these_packets()
    {
        var world = new SimWorld();
        var (a, b) = world.AddPair(SimWorld.NatA(), SimWorld.NatB(), opener: IceOptions.UsualOpenerTimeToLive);
        world.Signal(a, b, S);
        world.Run(TimeSpan.FromSeconds(0.2));

        // Each side: one check to the other's unreachable host address; the punched pair besides:
        // an opener and a triggered check from the answerer, a check and a nomination from the offerer.
        (b.Agent.Stats.RequestsSent, b.Agent.Stats.OpenersSent, b.Agent.Stats.ResponsesSent).ShouldBe((3, 1, 1 + 1));
        (a.Agent.Stats.RequestsSent, a.Agent.Stats.OpenersSent, a.Agent.Stats.ResponsesSent).ShouldBe((3, 0, 1));
        a.Agent.Stats.Retransmissions.ShouldBe(0);
        SimWorld.Has(a, PathKind.Punched).ShouldBeTrue();
        SimWorld.Has(b, PathKind.Punched).ShouldBeTrue();
    }

    public static TheoryData<string, string, PathKind> Pairings => new()
    {
        { "open", "open", PathKind.Host },
        { "open", "restricted", PathKind.Host },
        { "open", "symmetric", PathKind.Host },
        { "symmetric", "open", PathKind.Host },
        { "cone", "cone", PathKind.Punched },
        { "cone", "restricted", PathKind.Punched },
        { "cone", "symmetric", PathKind.Punched },
        { "symmetric", "cone", PathKind.Punched },
        { "restricted", "restricted", PathKind.Punched },
        { "restricted", "symmetric", PathKind.Relayed },
        { "symmetric", "restricted", PathKind.Relayed },
        { "symmetric", "symmetric", PathKind.Relayed },
    };

    [Theory]
    [MemberData(nameof(Pairings))]
    public void Every_pairing_of_NATs_ends_on_the_best_path_there_is(string natA, string natB, PathKind kind)
    {
        foreach (var renomination in new[] { true, false })
        {
            var world = new SimWorld();
            var (a, b) = world.AddPair(Nat(natA, "203.0.113.1"), Nat(natB, "203.0.113.2"), withRelay: true, renomination: renomination);
            world.Signal(a, b, S);
            world.Run(TimeSpan.FromSeconds(5));
            a.Agent.SelectedPath!.Value.Kind.ShouldBe(kind);
            b.Agent.SelectedPath!.Value.Kind.ShouldBe(kind);
            a.Agent.SelectedPath!.Value.Remote.Port.ShouldBe(Outer(a.Agent.SelectedPath!.Value, b));
        }
    }

    [Fact]
    public void Peers_behind_one_NAT_meet_inside()
    {
        var world = new SimWorld();
        var nat = SimWorld.NatA();
        var (a, b) = world.AddPair(nat, nat, withRelay: true);
        world.Signal(a, b, S);
        world.Run(TimeSpan.FromSeconds(3));
        a.Agent.SelectedPath!.Value.ShouldSatisfyAllConditions(path => path.Kind.ShouldBe(PathKind.Host), path => path.Remote.ShouldBe(b.Host));
    }

    [Fact]
    public void IPv6_peers_connect_and_families_are_never_mixed()
    {
        var world = new SimWorld();
        var a = world.AddPeer("[2001:db8::1]:5000", options: new() { Renomination = true });
        var b = world.AddPeer("[2001:db8::2]:6000", options: new() { Renomination = true, Role = IceRole.Controlled });
        a.AddHost();
        b.AddHost();
        b.Candidates.Add(Candidate.Host(Endpoint.Parse("192.0.2.77:1"), 1));
        b.Candidates.Add(Candidate.Host(Endpoint.Parse("[fe80::1]:1"), 1));
        world.Signal(a, b, S);
        world.Run(TimeSpan.FromSeconds(1));
        a.Agent.SelectedPath!.Value.Remote.ShouldBe(b.Host);
        a.Agent.Pairs.Count.ShouldBe(1);
    }

    [Fact]
    public void With_one_packet_in_ten_lost_everything_still_connects()
    {
        for (var seed = 1UL; seed <= 200; seed++)
        {
            var world = new SimWorld(seed) { Loss = 0.1 };
            var (a, b) = world.AddPair(SimWorld.NatA(), SimWorld.NatB(), withRelay: true, opener: IceOptions.UsualOpenerTimeToLive);
            world.Signal(a, b, S);
            world.RunUntil(() => SimWorld.Has(a, PathKind.Punched) && SimWorld.Has(b, PathKind.Punched), TimeSpan.FromSeconds(10)).ShouldBeTrue($"seed {seed}");
        }
    }

    [Fact]
    public void Data_flows_over_the_relay_before_a_direct_path_is_found_and_moves_without_a_gap()
    {
        var world = new SimWorld { PathDelay = TimeSpan.FromMilliseconds(150), RelayDelay = TimeSpan.FromMilliseconds(5) };
        var (a, b) = world.AddPair(SimWorld.NatA(), SimWorld.NatB(), withRelay: true, opener: IceOptions.UsualOpenerTimeToLive);
        world.Signal(a, b, S);
        world.RunUntil(() => a.Agent.SelectedPath is not null, TimeSpan.FromSeconds(1)).ShouldBeTrue();
        a.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Relayed);
        var sent = 0;
        for (; sent < 100; sent++)
        {
            a.SendData().ShouldBeTrue();
            world.Run(TimeSpan.FromMilliseconds(10));
        }

        world.Run(TimeSpan.FromSeconds(1));
        b.Data.Count.ShouldBe(sent);
        a.Agent.SelectedPath!.Value.Kind.ShouldBe(PathKind.Punched);
        var changes = a.All<IceEvent.PathChanged>().ToList();
        changes[0].ShouldSatisfyAllConditions(c => c.To.Kind.ShouldBe(PathKind.Relayed), c => c.Reason.ShouldBe(PathChangeReason.FirstValid));
        changes[^1].ShouldSatisfyAllConditions(c => c.From!.Value.Kind.ShouldBe(PathKind.Relayed), c => c.To.Kind.ShouldBe(PathKind.Punched), c => c.Reason.ShouldBe(PathChangeReason.Better));
    }

    private static SimNat? Nat(string kind, string address) => kind switch
    {
        "open" => null,
        "cone" => new(IpAddress.Parse(address)) { IsOpenFilter = true },
        "restricted" => new(IpAddress.Parse(address)),
        _ => new(IpAddress.Parse(address)) { IsSymmetric = true },
    };

    /// <summary>The port under which the other side really is reached on this path.</summary>
    private static ushort Outer(IcePath path, SimPeer other) =>
        other.Agent.SelectedPath!.Value is var theirs && theirs.Kind == PathKind.Relayed ? path.Remote.Port
        : other.Nat?.Outbound(other.Host, theirs.Remote).Port ?? other.Host.Port;
}
