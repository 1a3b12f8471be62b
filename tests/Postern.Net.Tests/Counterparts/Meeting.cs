using System.Threading.Channels;
using Postern.Lab.Foreign;

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

    /// <summary>The same, but no description holds a candidate: all follow one by one, ours as they are found.</summary>
    public static async Task ConnectTricklingAsync(OurPeer ours, IForeignPeer other, bool weOffer)
    {
        IForeignPeer offerer = weOffer ? ours : other, answerer = weOffer ? other : ours;
        var (offer, ofOfferer) = WithoutCandidates(await offerer.CreateOfferAsync());
        var (answer, ofAnswerer) = WithoutCandidates(await answerer.AnswerAsync(offer));
        await offerer.AcceptAnswerAsync(answer);
        var rest = ours.ForwardAsync(other, weOffer ? ofOfferer : ofAnswerer);
        foreach (var candidate in weOffer ? ofAnswerer : ofOfferer)
        {
            await Task.Delay(100);
            await ours.AddCandidateAsync(candidate);
        }

        await ours.AddCandidateAsync("");
        await rest;
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

    /// <summary>Messages as large as they may be, and one byte more; then channels beside "files", of other kinds.</summary>
    /// <param name="ours">Connected.</param>
    /// <param name="other">Connected to it.</param>
    /// <param name="limit">Its max-message-size.</param>
    public static async Task ConverseAsync(OurPeer ours, IForeignPeer other, int limit)
    {
        await ours.SendAsync(limit, seed: 3, size: limit);
        (await other.ReceivedAsync(limit)).ShouldBe(PseudoRandomBytes.Digest(limit, seed: 3));
        await other.SendAsync(limit, seed: 4, size: limit);
        (await ours.ReceivedAsync(limit)).ShouldBe(PseudoRandomBytes.Digest(limit, seed: 4));
        await Should.ThrowAsync<ArgumentException>(async () => await ours.SendAsync(limit + 1, seed: 5, size: limit + 1));

        await ours.Path.SendAsync("datagram"u8.ToArray());
        await foreach (var datagram in ours.Path.ReceiveAllAsync())
        {
            datagram.ToArray().ShouldBe("datagram"u8.ToArray());
            break;
        }

        var second = ours.Path.Session.OpenChannel("second", new() { Ordered = false, MaxLifetime = TimeSpan.FromSeconds(1), Protocol = "echo" });
        foreach (var text in (string[])["", "schön", new string('x', 5000)])
        {
            await second.SendAsync(text);
            (await second.ReceiveAsync()).Text.ShouldBe(text);
        }

        second.Close();
        await Should.ThrowAsync<ChannelClosedException>(async () => await second.ReceiveAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5)));
        await ours.SendTextAsync("still here");
        (await other.ReadTextAsync()).ShouldBe("still here");
    }

    /// <summary>Either side may end the session; the other learns of it as of an end, not of a fault.</summary>
    public static async Task EndAsync(OurPeer ours, IForeignPeer other, bool weEnd)
    {
        var patience = TimeSpan.FromSeconds(5);
        if (weEnd)
        {
            await ours.CloseAsync().WaitAsync(TimeSpan.FromSeconds(1));
            await other.ClosedAsync().WaitAsync(patience);
            return;
        }

        await other.CloseAsync();
        await ours.ClosedAsync().WaitAsync(patience);
        await ours.Path.Session.Completion.WaitAsync(patience);
    }

    private static (string Sdp, IReadOnlyList<string> Candidates) WithoutCandidates(string sdp)
    {
        var lines = sdp.Split("\r\n").ToLookup(line => line.StartsWith("a=candidate:", StringComparison.Ordinal));
        return (string.Join("\r\n", lines[false].Where(line => line != "a=end-of-candidates")), [.. lines[true].Select(line => line[2..])]);
    }
}
