using Postern.Drivers;
using Postern.Lab.Foreign;
using Postern.Net.Tests.Counterparts;
using Postern.Protocol.Ice;

namespace Postern.Net.Tests.Ice;

/// <summary>Our agent and one of libnice, on loopback.</summary>
[Trait("part", "net")]
public sealed class LibniceIceTests
{
    [Theory]
    [InlineData(IceRole.Controlling, false, false)]
    [InlineData(IceRole.Controlling, false, true)]
    [InlineData(IceRole.Controlled, false, false)]
    [InlineData(IceRole.Controlled, true, false)]
    [InlineData(IceRole.Controlled, false, true)]
    public async Task Our_agent_and_libnices_connect_and_exchange_data(IceRole ours, bool aggressive, bool renomination)
    {
        await using var theirs = await LibniceAgent.StartAsync(new()
        {
            Controlling = ours == IceRole.Controlled,
            LocalAddress = "127.0.0.1",
            Aggressive = aggressive,
            Renomination = renomination,
            Consent = true,
        });
        await using var agent = new UdpAgent(new() { Role = ours, Renomination = renomination }, new SystemRandom());
        theirs.Connect(agent.Agent.LocalCredentials.UsernameFragment, agent.Agent.LocalCredentials.Password, [agent.CandidateLine]);
        agent.Connect(theirs.Ufrag, theirs.Password, theirs.Candidates);

        await theirs.ReadyAsync();
        await agent.UntilAsync((a, events, _) => a.SelectedPath is not null && events.OfType<IceEvent.NominationMade>().Any());
        agent.Agent.Role.ShouldBe(ours);

        await theirs.EchoAsync();
        agent.Send("there and back"u8.ToArray());
        await agent.UntilAsync((_, _, data) => data.Exists(d => d.AsSpan().SequenceEqual("there and back"u8)));
        agent.Agent.Stats.Unverified.ShouldBe(0);
        agent.Agent.Stats.ErrorsReceived.ShouldBe(0);
    }

    [Theory]
    [InlineData(IceRole.Controlling)]
    [InlineData(IceRole.Controlled)]
    public async Task A_role_conflict_with_libnice_is_settled(IceRole both)
    {
        await using var theirs = await LibniceAgent.StartAsync(new() { Controlling = both == IceRole.Controlling, LocalAddress = "127.0.0.1" });
        await using var agent = new UdpAgent(new() { Role = both }, new SystemRandom());
        theirs.Connect(agent.Agent.LocalCredentials.UsernameFragment, agent.Agent.LocalCredentials.Password, [agent.CandidateLine]);
        agent.Connect(theirs.Ufrag, theirs.Password, theirs.Candidates);
        await theirs.ReadyAsync();
        await agent.UntilAsync((a, events, _) => a.SelectedPath is not null && events.OfType<IceEvent.NominationMade>().Any());
    }
}
