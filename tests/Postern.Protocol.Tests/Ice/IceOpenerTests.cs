using Postern.Protocol.Ice;
using Postern.Protocol.Net;

namespace Postern.Tests.Ice;

public class IceOpenerTests
{
    private static readonly TimeSpan S = TimeSpan.FromMilliseconds(60);
    private static readonly Endpoint Reflexive = Endpoint.Parse("203.0.113.2:6000");

    [Fact]
    public void The_first_packet_to_a_reflexive_address_has_a_short_life_and_a_full_one_follows()
    {
        var script = Answerer();
        script.Pass(20);
        script.Take().Single(t => t.Transmit.Destination == Reflexive).Transmit.TimeToLive.ShouldBe((byte)2);
        script.Pass(249);
        script.Take().ShouldNotContain(t => t.Transmit.Destination == Reflexive);
        script.Pass(1);
        script.Take().Single(t => t.Transmit.Destination == Reflexive).Transmit.TimeToLive.ShouldBe((byte)0);
        script.Agent.Stats.OpenersSent.ShouldBe(1);
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
    public void Host_candidates_and_relayed_bases_need_no_opener()
    {
        var script = Answerer();
        var relayed = Endpoint.Parse("198.51.100.8:50001");
        script.Agent.AddLocalCandidate(Candidate.Relayed(relayed, IceScript.Local, relayed.Address, 35000), script.Now);
        script.Pass(200);
        var sent = script.Take().Where(t => t.Transmit.TimeToLive != 0).ToList();
        sent.ShouldAllBe(t => t.Transmit.Source == IceScript.Local && t.Transmit.Destination == Reflexive);
        sent.Count.ShouldBe(1);
        script.Agent.Pairs.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(IceOptions.UsualOpenerTimeToLive, true)]
    [InlineData(0, false)]
    public void An_opener_does_not_poison_the_offerers_NAT_as_a_packet_of_full_life_would(byte opener, bool isPunched)
    {
        var world = new SimWorld();
        var nat = new SimNat(IpAddress.Parse("203.0.113.1")) { IsPoisonable = true };
        var (a, b) = world.AddPair(nat, SimWorld.NatB(), withRelay: true, opener: opener);
        world.Signal(a, b, S);
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
