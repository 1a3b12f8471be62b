using Postern.Lab.Foreign;
using Postern.Protocol.Ice;

namespace Postern.Net.Tests.Counterparts;

/// <summary>Our peer opens a data channel with Chromium, whichever side begins, and 10 MB pass each way.</summary>
[Trait("part", "net")]
public sealed class OurPeerMeetsChromiumTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Directly(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync();
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress);
        await using var chromium = await ChromiumPeer.StartAsync(new() { Namespace = network.Right });
        await MeetAsync(ours, chromium, weOffer);
        ours.Path.Kind.ShouldBe(PathKind.Host);
        (await chromium.SelectedPairAsync()).LocalType.ShouldBe("host");
    }

    /// <summary>No packet passes between the two networks but through our relay.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Through_our_relay_alone(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync(forwards: false);
        using var relay = OurRelay.Start(network.Middle, RoutedPair.MiddleAddress);
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress, relay.For("ours"), relayOnly: true);
        await using var chromium = await ChromiumPeer.StartAsync(new() { Namespace = network.Right, Turn = relay.CredentialsOf("chromium"), RelayOnly = true });
        await MeetAsync(ours, chromium, weOffer);
        ours.Path.Kind.ShouldBe(PathKind.Relayed);
        (await chromium.SelectedPairAsync()).LocalType.ShouldBe("relay");
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
        await using var chromium = await ChromiumPeer.StartAsync(new() { Namespace = network.Right });
        await MeetAsync(ours, chromium, weOffer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_candidates_that_come_after_the_descriptions(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync(forwards: false);
        using var relay = OurRelay.Start(network.Middle, RoutedPair.MiddleAddress);
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress, relay.For("ours"), trickles: true);
        await using var chromium = await ChromiumPeer.StartAsync(new() { Namespace = network.Right });
        await Meeting.ConnectTricklingAsync(ours, chromium, weOffer);
        ours.Path.Kind.ShouldBe(PathKind.Relayed);
        await ours.SendTextAsync("schön");
        (await chromium.ReadTextAsync()).ShouldBe("schön");
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
        await using var chromium = await ChromiumPeer.StartAsync(new() { Namespace = network.Right });
        await Meeting.ConnectAsync(weOffer ? ours : chromium, weOffer ? chromium : ours);
        await Task.Delay(TimeSpan.FromSeconds(40));
        await ours.SendTextAsync("schön");
        (await chromium.ReadTextAsync()).ShouldBe("schön");
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
        await using var chromium = await ChromiumPeer.StartAsync(new() { Namespace = network.Right });
        await Meeting.ConnectAsync(weOffer ? ours : chromium, weOffer ? chromium : ours);
        await Meeting.ConverseAsync(ours, chromium, limit: 262_144);
        await Meeting.EndAsync(ours, chromium, weEnd);
    }

    private static async Task MeetAsync(OurPeer ours, ChromiumPeer chromium, bool weOffer)
    {
        await Meeting.ConnectAsync(weOffer ? ours : chromium, weOffer ? chromium : ours);
        await Meeting.ExchangeAsync(ours, chromium);
        var dtls = (await chromium.TransportAsync()).GetProperty("dtls");
        dtls.GetProperty("version").GetString().ShouldBe("FEFD");
        dtls.GetProperty("role").GetString().ShouldBe(weOffer ? "client" : "server");
    }
}
