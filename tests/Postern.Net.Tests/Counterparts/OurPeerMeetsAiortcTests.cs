using Postern.Protocol.Ice;

namespace Postern.Net.Tests.Counterparts;

/// <summary>Our peer opens a data channel with aiortc, whichever side begins, and 10 MB pass each way.</summary>
[Trait("part", "net")]
public sealed class OurPeerMeetsAiortcTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Directly(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync();
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress);
        await using var aiortc = await AiortcPeer.StartAsync(new() { Namespace = network.Right });
        await MeetAsync(ours, aiortc, weOffer);
        ours.Path.Kind.ShouldBe(PathKind.Host);
        (await aiortc.SelectedPairAsync()).RemoteType.ShouldBe("host");
    }

    /// <summary>aiortc has no such policy; our side alone keeps to the relay.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Through_our_relay_because_our_side_insists(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync();
        using var relay = OurRelay.Start(network.Middle, RoutedPair.MiddleAddress);
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress, relay.For("ours"), relayOnly: true);
        await using var aiortc = await AiortcPeer.StartAsync(new() { Namespace = network.Right });
        await MeetAsync(ours, aiortc, weOffer);
        ours.Path.Kind.ShouldBe(PathKind.Relayed);
        (await aiortc.SelectedPairAsync()).Remote.ShouldStartWith($"relay {RoutedPair.MiddleAddress} ");
        (await relay.ForwardedAsync()).ShouldBeGreaterThan(2 * Meeting.Megabytes10 / 1200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Over_a_network_that_loses_every_fiftieth_packet(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync();
        await network.LoseAsync(percent: 2);
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress);
        await using var aiortc = await AiortcPeer.StartAsync(new() { Namespace = network.Right });
        await MeetAsync(ours, aiortc, weOffer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_candidates_that_come_after_the_descriptions(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync(forwards: false);
        using var relay = OurRelay.Start(network.Middle, RoutedPair.MiddleAddress);
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress, relay.For("ours"), trickles: true);
        await using var aiortc = await AiortcPeer.StartAsync(new() { Namespace = network.Right });
        await Meeting.ConnectTricklingAsync(ours, aiortc, weOffer);
        ours.Path.Kind.ShouldBe(PathKind.Relayed);
        await ours.SendTextAsync("schön");
        (await aiortc.ReadTextAsync()).ShouldBe("schön");
    }

    /// <summary>Consent (RFC 7675) ends after 30 s without an answer.</summary>
    [Theory]
    [Trait("part", "soak")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Through_forty_silent_seconds(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync();
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress);
        await using var aiortc = await AiortcPeer.StartAsync(new() { Namespace = network.Right });
        await Meeting.ConnectAsync(weOffer ? ours : aiortc, weOffer ? aiortc : ours);
        await Task.Delay(TimeSpan.FromSeconds(40));
        await ours.SendTextAsync("schön");
        (await aiortc.ReadTextAsync()).ShouldBe("schön");
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task With_large_messages_further_channels_and_an_orderly_end(bool weOffer, bool weEnd)
    {
        await using var network = await RoutedPair.CreateAsync();
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress);
        await using var aiortc = await AiortcPeer.StartAsync(new() { Namespace = network.Right });
        await Meeting.ConnectAsync(weOffer ? ours : aiortc, weOffer ? aiortc : ours);
        await Meeting.ConverseAsync(ours, aiortc, limit: 65_536);
        await Meeting.EndAsync(ours, aiortc, weEnd);
    }

    private static async Task MeetAsync(OurPeer ours, AiortcPeer aiortc, bool weOffer)
    {
        await Meeting.ConnectAsync(weOffer ? ours : aiortc, weOffer ? aiortc : ours);
        await Meeting.ExchangeAsync(ours, aiortc);
    }
}
