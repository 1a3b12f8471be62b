using System.Text;
using Postern.Lab.Foreign;
using Postern.Protocol.Ice;

namespace Postern.Net.Tests.Counterparts;

/// <summary>Our ICE agent and libnice find a path to each other, whichever controls, and datagrams pass both ways.</summary>
[Trait("part", "net")]
public sealed class OurAgentMeetsLibniceTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Directly(bool weControl, bool aggressive)
    {
        await using var network = await RoutedPair.CreateAsync();
        using var ours = new OurAgent(RoleOf(weControl), network.Left, RoutedPair.LeftAddress, relay: null);
        await using var libnice = await LibniceAgent.StartAsync(
            new() { Controlling = !weControl, Namespace = network.Right, Aggressive = aggressive, Consent = true });
        await MeetAsync(ours, libnice, PathKind.Host);
        libnice.Pairs[^1].LocalType.ShouldBe("host");
    }

    /// <summary>Both list host addresses too, but nothing passes between the two networks except through our relay.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Through_our_relay(bool weControl, bool libniceHasOnlyTheRelay)
    {
        await using var network = await RoutedPair.CreateAsync(forwards: false);
        using var relay = OurRelay.Start(network.Middle, RoutedPair.MiddleAddress);
        using var ours = new OurAgent(RoleOf(weControl), network.Left, RoutedPair.LeftAddress, relay.For("ours"));
        await using var libnice = await LibniceAgent.StartAsync(
            new() { Controlling = !weControl, Namespace = network.Right, Turn = relay.CredentialsOf("libnice"), RelayOnly = libniceHasOnlyTheRelay });
        await MeetAsync(ours, libnice, PathKind.Relayed);
        (await relay.ForwardedAsync()).ShouldBeGreaterThanOrEqualTo(40);
    }

    [Fact]
    public async Task Candidates_may_trickle_and_nominations_be_renewed()
    {
        await using var network = await RoutedPair.CreateAsync();
        using var ours = new OurAgent(IceRole.Controlled, network.Left, RoutedPair.LeftAddress, relay: null);
        await using var libnice = await LibniceAgent.StartAsync(
            new() { Controlling = true, Namespace = network.Right, Trickle = true, Renomination = true, Consent = true });
        libnice.Connect(ours.Credentials.UsernameFragment, ours.Credentials.Password, []);
        ours.Connect(libnice.Ufrag, libnice.Password, []);
        await Task.Delay(200);
        (await ours.CandidatesAsync()).ToList().ForEach(libnice.AddCandidate);
        libnice.Candidates.ToList().ForEach(ours.AddCandidate);
        libnice.EndCandidates();
        ours.EndCandidates();
        await libnice.ReadyAsync();
        (await ours.ConnectedAsync()).Kind.ShouldBe(PathKind.Host);
        await EchoAsync(ours, libnice);
    }

    private static IceRole RoleOf(bool weControl) => weControl ? IceRole.Controlling : IceRole.Controlled;

    private static async Task MeetAsync(OurAgent ours, LibniceAgent libnice, PathKind kind)
    {
        libnice.Connect(ours.Credentials.UsernameFragment, ours.Credentials.Password, await ours.CandidatesAsync());
        ours.Connect(libnice.Ufrag, libnice.Password, libnice.Candidates);
        libnice.EndCandidates();
        ours.EndCandidates();
        await libnice.ReadyAsync();
        (await ours.ConnectedAsync()).Kind.ShouldBe(kind);
        await EchoAsync(ours, libnice);
    }

    /// <summary>One datagram of libnice's own, then twenty of ours, there and back.</summary>
    private static async Task EchoAsync(OurAgent ours, LibniceAgent libnice)
    {
        libnice.Send("from libnice"u8.ToArray());
        Encoding.UTF8.GetString(await ours.ReceiveAsync()).ShouldBe("from libnice");
        await libnice.EchoAsync();
        for (var i = 0; i < 20; i++)
        {
            ours.Send(Encoding.UTF8.GetBytes($"there and back {i}"));
            Encoding.UTF8.GetString(await ours.ReceiveAsync()).ShouldBe($"there and back {i}");
        }
    }
}
