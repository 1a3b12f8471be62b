namespace Postern.Net.Tests.Counterparts;

/// <summary>What two WebRTC peers do with each other in every test.</summary>
internal static class Meeting
{
    public const int Megabytes10 = 10_000_000;

    /// <summary>Offer, answer, and the channel open on both sides.</summary>
    public static async Task ConnectAsync(IForeignPeer offerer, IForeignPeer answerer)
    {
        var answer = await answerer.AnswerAsync(await offerer.CreateOfferAsync());
        await offerer.AcceptAnswerAsync(answer);
        await Task.WhenAll(offerer.OpenAsync(), answerer.OpenAsync());
    }

    /// <summary>A text each way, then 10 MB each way, both ways at once.</summary>
    public static async Task ExchangeAsync(IForeignPeer left, IForeignPeer right)
    {
        await left.SendTextAsync("schön");
        (await right.ReadTextAsync()).ShouldBe("schön");
        await right.SendTextAsync("wirklich");
        (await left.ReadTextAsync()).ShouldBe("wirklich");
        var digests = await Task.WhenAll(
            left.SendAsync(Megabytes10, seed: 1), right.ReceivedAsync(Megabytes10), right.SendAsync(Megabytes10, seed: 2), left.ReceivedAsync(Megabytes10));
        var (there, back) = (PseudoRandomBytes.Digest(Megabytes10, seed: 1), PseudoRandomBytes.Digest(Megabytes10, seed: 2));
        digests.ShouldBe([there, there, back, back]);
    }
}
