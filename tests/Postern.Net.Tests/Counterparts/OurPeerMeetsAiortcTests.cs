using Postern.Lab.Foreign;
using Postern.Protocol.Ice;

namespace Postern.Net.Tests.Counterparts;

[Trait("part", "net")]
public sealed class OurPeerMeetsAiortcTests : OurPeerMeetsOthersTests
{
    protected override int Limit => 65_536;

    /// <summary>aiortc has no such policy; our side alone keeps to the relay.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Through_our_relay_because_our_side_insists(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync();
        using var relay = OurRelay.Start(network.Middle, RoutedPair.MiddleAddress);
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress, relay.For("ours"), relayOnly: true);
        await using var aiortc = await StartAsync(new() { Namespace = network.Right });
        await MeetAsync(ours, aiortc, weOffer);
        ours.Path.Kind.ShouldBe(PathKind.Relayed);
        (await aiortc.SelectedPairAsync()).Remote.ShouldStartWith($"relay {RoutedPair.MiddleAddress} ");
        (await relay.ForwardedAsync()).ShouldBeGreaterThan(2 * Meeting.Megabytes10 / 1200);
    }

    private protected override async Task<ScriptedPeer> StartAsync(ForeignPeerOptions options) => await AiortcPeer.StartAsync(options);
}
