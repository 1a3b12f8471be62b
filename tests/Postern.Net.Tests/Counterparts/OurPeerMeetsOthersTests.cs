using Postern.Lab.Foreign;
using Postern.Protocol.Ice;

namespace Postern.Net.Tests.Counterparts;

/// <summary>Our peer opens a data channel with another implementation of WebRTC, whichever side begins, and 10 MB pass each way.</summary>
public abstract class OurPeerMeetsOthersTests
{
    /// <summary>The largest message that the other side announces, in bytes.</summary>
    protected abstract int Limit { get; }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Directly(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync();
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress);
        await using var other = await StartAsync(new() { Namespace = network.Right });
        await MeetAsync(ours, other, weOffer);
        ours.Path.Kind.ShouldBe(PathKind.Host);
        (await other.SelectedPairAsync()).LocalType.ShouldBe("host");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Over_a_network_that_loses_every_fiftieth_packet(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync();
        await network.LoseAsync(percent: 2);
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress);
        await using var other = await StartAsync(new() { Namespace = network.Right });
        await MeetAsync(ours, other, weOffer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_candidates_that_come_after_the_descriptions(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync(forwards: false);
        using var relay = OurRelay.Start(network.Middle, RoutedPair.MiddleAddress);
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress, relay.For("ours"), trickles: true);
        await using var other = await StartAsync(new() { Namespace = network.Right });
        await Meeting.ConnectTricklingAsync(ours, other, weOffer);
        ours.Path.Kind.ShouldBe(PathKind.Relayed);
        await ours.SendTextAsync("schön");
        (await other.ReadTextAsync()).ShouldBe("schön");
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
        await using var other = await StartAsync(new() { Namespace = network.Right });
        await Meeting.ConnectAsync(weOffer ? ours : other, weOffer ? other : ours);
        await Task.Delay(TimeSpan.FromSeconds(40));
        await ours.SendTextAsync("schön");
        (await other.ReadTextAsync()).ShouldBe("schön");
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
        await using var other = await StartAsync(new() { Namespace = network.Right });
        await Meeting.ConnectAsync(weOffer ? ours : other, weOffer ? other : ours);
        await Meeting.ConverseAsync(ours, other, Limit);
        await Meeting.EndAsync(ours, other, weEnd);
    }

    private protected abstract Task<ScriptedPeer> StartAsync(ForeignPeerOptions options);

    private protected virtual async Task MeetAsync(OurPeer ours, ScriptedPeer other, bool weOffer)
    {
        await Meeting.ConnectAsync(weOffer ? ours : other, weOffer ? other : ours);
        await Meeting.ExchangeAsync(ours, other);
    }
}
