using Postern.Protocol.Ice;
using Postern.Protocol.Net;

namespace Postern.Tests.Ice;

public class IceOpenerTests
{
    private static readonly TimeSpan S = TimeSpan.FromMilliseconds(60);
    private static readonly Endpoint Reflexive = Endpoint.Parse("203.0.113.2:6000");

    [Fact]
    public void Packets_to_a_reflexive_address_have_a_short_life_for_a_second_and_then_a_full_one()
    {
        var script = Answerer();
        script.Take().Single(t => t.Transmit.Destination == Reflexive).Transmit.TimeToLive.ShouldBe((byte)2); // at once: the answer is not out yet
        foreach (var (wait, life) in new (int, byte)[] { (250, 2), (250, 2), (500, 0) })
        {
            script.Pass(wait - 1);
            script.Take().ShouldNotContain(t => t.Transmit.Destination == Reflexive);
            script.Pass(1);
            script.Take().Single(t => t.Transmit.Destination == Reflexive).Transmit.TimeToLive.ShouldBe(life);
        }

        script.Agent.Stats.OpenersSent.ShouldBe(3);
    }

    [Fact]
    public void An_opener_does_not_wait_for_a_check_to_a_host_address()
    {
        var script = new IceScript(new() { Role = IceRole.Controlled, OpenerTimeToLive = IceOptions.UsualOpenerTimeToLive });
        script.Agent.AddRemoteCandidate(Candidate.Host(Endpoint.Parse("10.9.9.9:7000"), 60000), script.Now);
        script.Agent.AddRemoteCandidate(Candidate.ServerReflexive(Reflexive, IceScript.Remote, Reflexive.Address, 35000), script.Now);
        script.Take().Select(t => t.Transmit.TimeToLive).ShouldBe([(byte)0, (byte)2], ignoreOrder: true);
    }

    [Fact]
    public void A_check_on_any_path_shows_that_the_peer_has_the_answer()
    {
        var script = Answerer();
        script.Take();
        script.Pass(100);
        script.Hear(script.Request(IceRole.Controlling), Endpoint.Parse("198.51.100.8:50001"));
        script.Take();
        script.Pass(150);
        script.Take().Single(t => t.Transmit.Destination == Reflexive).Transmit.TimeToLive.ShouldBe((byte)0);
    }

    [Fact]
    public void A_check_from_the_peer_is_followed_by_a_packet_of_full_life_at_once()
    {
        var script = Answerer();
        script.Pass(20);
        script.Take();
        script.Pass(40);
        script.Hear(script.Request(IceRole.Controlling), Reflexive);
        script.Take().Select(t => (t.Transmit.Destination, t.Transmit.TimeToLive)).ShouldBe([(Reflexive, (byte)0), (Reflexive, (byte)0)]); // answer and check
    }

    [Fact]
    public void Relayed_bases_and_hosts_nearby_need_no_opener()
    {
        var script = Answerer();
        script.Agent.AddRemoteCandidate(Candidate.Host(Endpoint.Parse("192.168.7.7:7000"), 60000), script.Now);
        var relayed = Endpoint.Parse("198.51.100.8:50001");
        script.Agent.AddLocalCandidate(Candidate.Relayed(relayed, IceScript.Local, relayed.Address, 35000), script.Now);
        script.Pass(200);
        var sent = script.Take().Where(t => t.Transmit.TimeToLive != 0).ToList();
        sent.ShouldAllBe(t => t.Transmit.Source == IceScript.Local);
        sent.Select(t => t.Transmit.Destination).ShouldBe([Reflexive]);
        script.Agent.Pairs.Count.ShouldBe(6);
    }

    /// <summary>Before a host of IPv6 a firewall may stand, which is spoilt as a NAT is.</summary>
    [Theory]
    [InlineData("[2001:db8::9]:7000", "[2001:db8:1::1]:5000", 2)]
    [InlineData("[fd00::9]:7000", "[fd00::1]:5000", 0)]
    [InlineData("[fe80::9]:7000", "[fe80::1]:5000", 0)]
    [InlineData("192.0.2.9:7000", null, 0)]
    [InlineData("192.168.7.7:7000", null, 0)]
    public void A_host_of_IPv6_on_the_internet_is_not_knocked_at_before_it_has_opened(string remote, string? local, byte life)
    {
        var script = new IceScript(new() { Role = IceRole.Controlled, OpenerTimeToLive = IceOptions.UsualOpenerTimeToLive });
        if (local is not null)
        {
            script.Agent.AddLocalCandidate(Candidate.Host(Endpoint.Parse(local), 65535), script.Now);
        }

        script.Agent.AddRemoteCandidate(Candidate.Host(Endpoint.Parse(remote), 60000), script.Now);
        script.Pass(100);
        script.Take().First(t => t.Transmit.Destination == Endpoint.Parse(remote)).Transmit.TimeToLive.ShouldBe(life);
    }

    [Theory]
    [InlineData(IceOptions.UsualOpenerTimeToLive, 60, true, true)]
    [InlineData(IceOptions.UsualOpenerTimeToLive, 1500, false, true)] // the answer takes 750 ms
    [InlineData(0, 60, true, false)]
    public void An_opener_does_not_poison_the_offerers_NAT_as_a_packet_of_full_life_would(byte opener, int signalling, bool withRelay, bool isPunched)
    {
        var world = new SimWorld();
        var nat = new SimNat(IpAddress.Parse("203.0.113.1")) { IsPoisonable = true };
        var (a, b) = world.AddPair(nat, SimWorld.NatB(), withRelay, opener);
        world.Signal(a, b, TimeSpan.FromMilliseconds(signalling));
        world.Run(TimeSpan.FromSeconds(5));
        SimWorld.Has(a, PathKind.Punched).ShouldBe(isPunched);
        SimWorld.Has(b, PathKind.Punched).ShouldBe(isPunched);
        (nat.Unsolicited > 0).ShouldBe(!isPunched);
    }

    [Fact]
    public void A_peer_behind_two_routers_whose_opener_dies_early_is_still_reached()
    {
        var world = new SimWorld { OpenersDieBeforeNat = true };
        var (a, b) = world.AddPair(SimWorld.NatA(), SimWorld.NatB(), opener: IceOptions.UsualOpenerTimeToLive);
        world.Signal(a, b, S);
        world.RunUntil(() => SimWorld.Has(a, PathKind.Punched) && SimWorld.Has(b, PathKind.Punched), TimeSpan.FromSeconds(2)).ShouldBeTrue();
    }

    private static IceScript Answerer()
    {
        var script = new IceScript(new() { Role = IceRole.Controlled, OpenerTimeToLive = IceOptions.UsualOpenerTimeToLive });
        script.Agent.AddRemoteCandidate(Candidate.ServerReflexive(Reflexive, IceScript.Remote, Reflexive.Address, 35000), script.Now);
        return script;
    }
}
