using Postern.Lab.Foreign;
using Postern.Protocol.Ice;

namespace Postern.Net.Tests.Counterparts;

[Trait("part", "net")]
public sealed class OurPeerMeetsChromiumTests : OurPeerMeetsOthersTests
{
    protected override int Limit => 262_144;

    /// <summary>No packet passes between the two networks but through our relay.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Through_our_relay_alone(bool weOffer)
    {
        await using var network = await RoutedPair.CreateAsync(forwards: false);
        using var relay = OurRelay.Start(network.Middle, RoutedPair.MiddleAddress);
        await using var ours = new OurPeer(network.Left, RoutedPair.LeftAddress, relay.For("ours"), relayOnly: true);
        await using var chromium = await StartAsync(new() { Namespace = network.Right, Turn = relay.CredentialsOf("chromium"), RelayOnly = true });
        await MeetAsync(ours, chromium, weOffer);
        ours.Path.Kind.ShouldBe(PathKind.Relayed);
        (await chromium.SelectedPairAsync()).LocalType.ShouldBe("relay");
        (await relay.ForwardedAsync()).ShouldBeGreaterThan(2 * Meeting.Megabytes10 / 1200);
    }

    private protected override async Task<ScriptedPeer> StartAsync(ForeignPeerOptions options) => await ChromiumPeer.StartAsync(options);

    private protected override async Task MeetAsync(OurPeer ours, ScriptedPeer other, bool weOffer)
    {
        await base.MeetAsync(ours, other, weOffer);
        var dtls = (await other.TransportAsync()).GetProperty("dtls");
        dtls.GetProperty("version").GetString().ShouldBe("FEFD");
        dtls.GetProperty("role").GetString().ShouldBe(weOffer ? "client" : "server");
    }
}
