using System.Diagnostics;
using Postern.Lab.Foreign;

namespace Postern.Lab.Grid.Real;

/// <summary>Two headless browsers with a data channel between them; they may allocate on our relay.</summary>
internal sealed class RealChromium : IRealPeer
{
    private const string Words = "there";
    private const int Looks = 30;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5); // a browser that began over the relay has changed before all looks are over, or never does

    public string Name => "chromium";

    public void Require(IEnumerable<string> boxes) => ChromiumProgram.Require();

    public GridPeer Describe() => new(
        Name, "Chromium", $"Chromium {ChromiumProgram.VersionAsync().GetAwaiter().GetResult()} at both ends with a data channel, our relay, in network namespaces; descriptions are handed over whole and at once, and the time is from the offer on.");

    public GridMeeting Meet(RealNetwork network) => MeetAsync(network).GetAwaiter().GetResult();

    private async Task<GridMeeting> MeetAsync(RealNetwork network)
    {
        var options = new ForeignPeerOptions { Turn = network.Credentials(Name) };
        await using var one = await ChromiumPeer.StartAsync(options with { Namespace = network.Namespace(RealNetwork.One) });
        await using var other = await ChromiumPeer.StartAsync(options with { Namespace = network.Namespace(RealNetwork.Other) });
        var clock = Stopwatch.StartNew();
        await one.AcceptAnswerAsync(await other.AnswerAsync(await one.CreateOfferAsync()));
        await Task.WhenAll(one.OpenAsync(), other.OpenAsync());
        var firstByte = clock.Elapsed;
        await one.SendTextAsync(Words);
        if (await other.ReadTextAsync() != Words)
        {
            return GridMeeting.Failed(Name, "Another text came than was sent.");
        }

        var settled = await Task.WhenAll(SettledAsync(one), SettledAsync(other));
        return GridMeeting.Of(Name, settled[0], settled[1], firstByte);
    }

    private static async Task<ForeignPair> SettledAsync(ChromiumPeer peer)
    {
        var pair = await peer.SelectedPairAsync();
        for (var look = 0; look < Looks && pair.IsRelayed; look++)
        {
            await Task.Delay(Pause);
            pair = await peer.SelectedPairAsync();
        }

        return pair;
    }
}
