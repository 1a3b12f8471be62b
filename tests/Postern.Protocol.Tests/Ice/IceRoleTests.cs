using Postern.Protocol.Ice;
using Postern.Protocol.Stun;

namespace Postern.Tests.Ice;

public class IceRoleTests
{
    [Theory]
    [InlineData(IceRole.Controlling, 10, 9, true)]
    [InlineData(IceRole.Controlling, 10, 10, true)]
    [InlineData(IceRole.Controlling, 9, 10, false)]
    [InlineData(IceRole.Controlled, 9, 10, true)]
    [InlineData(IceRole.Controlled, 10, 9, false)]
    [InlineData(IceRole.Controlled, 10, 10, false)]
    public void The_larger_tiebreaker_controls_and_the_loser_hears_487(IceRole both, ulong ours, ulong theirs, bool isRefused)
    {
        var script = new IceScript(new() { Role = both, Tiebreaker = ours });
        script.Take();
        script.Hear(script.Request(both, theirs)).ShouldBeTrue();
        var answer = script.Take().Select(t => IceScript.Kind(t.Bytes)).First(k => k.Class != StunClass.Request);
        answer.ShouldBe(isRefused ? (StunClass.Error, 487) : (StunClass.Success, 0));
        script.Agent.Role.ShouldBe(isRefused ? both : both == IceRole.Controlling ? IceRole.Controlled : IceRole.Controlling);
        script.Events.OfType<IceEvent.RoleChanged>().Count().ShouldBe(isRefused ? 0 : 1);
    }

    [Theory]
    [InlineData(IceRole.Controlling)]
    [InlineData(IceRole.Controlled)]
    public void A_487_switches_the_role_redraws_the_tiebreaker_and_checks_again(IceRole role)
    {
        var script = new IceScript(new() { Role = role, Tiebreaker = 5 });
        script.Hear(IceScript.Answer(script.TakeOne().Bytes, error: 487)).ShouldBeTrue();
        script.Agent.Role.ShouldNotBe(role);
        script.Pass(20);
        StunMessage.TryParse(script.TakeOne().Bytes, out var again).ShouldBe(StunError.None);
        again.TryGetUInt64(role == IceRole.Controlling ? StunAttributeType.IceControlled : StunAttributeType.IceControlling, out var tiebreaker).ShouldBeTrue();
        tiebreaker.ShouldNotBe(5UL);
    }

    [Fact]
    public void A_forged_487_switches_nothing()
    {
        var script = new IceScript();
        script.Hear(IceScript.Answer(script.TakeOne().Bytes, error: 487, password: ""));
        script.Agent.Role.ShouldBe(IceRole.Controlling);
    }

    [Theory]
    [InlineData(IceRole.Controlling)]
    [InlineData(IceRole.Controlled)]
    public void Two_agents_of_one_role_agree_and_connect(IceRole both)
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var world = new SimWorld(seed);
            var a = world.AddPeer("192.0.2.1:5000", options: new() { Role = both, Renomination = true });
            var b = world.AddPeer("192.0.2.2:6000", options: new() { Role = both, Renomination = true });
            a.AddHost();
            b.AddHost();
            world.Signal(a, b, TimeSpan.FromMilliseconds(60));
            world.Run(TimeSpan.FromSeconds(2));
            a.Agent.Role.ShouldNotBe(b.Agent.Role);
            a.Agent.SelectedPath.ShouldNotBeNull();
            b.Agent.SelectedPath.ShouldNotBeNull();
            a.All<IceEvent.RoleChanged>().Count().ShouldBe(b.All<IceEvent.RoleChanged>().Any() ? 0 : 1);
            (a.All<IceEvent.NominationMade>().Any() && b.All<IceEvent.NominationMade>().Any()).ShouldBeTrue();
        }
    }

    [Fact]
    public void Towards_a_lite_peer_this_side_controls()
    {
        var script = new IceScript(new() { Role = IceRole.Controlled, PeerIsLite = true });
        script.Agent.Role.ShouldBe(IceRole.Controlling);
        script.EndCandidates();
        script.Connect();
        script.Pass(20);
        IceScript.Has(script.TakeOne().Bytes, StunAttributeType.UseCandidate).ShouldBeTrue();
    }
}
