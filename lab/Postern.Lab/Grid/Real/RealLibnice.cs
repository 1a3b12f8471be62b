using System.Diagnostics;
using System.Text;
using Postern.Lab.Foreign;

namespace Postern.Lab.Grid.Real;

/// <summary>Two agents of libnice, as GNOME's and GStreamer's programs have them; they may allocate on our relay.</summary>
internal sealed class RealLibnice : IRealPeer
{
    private const string Words = "there and back";

    public string Name => "libnice";

    public void Require(IEnumerable<string> boxes) => LibniceProgram.RequireAsync().GetAwaiter().GetResult();

    public GridPeer Describe() => new(
        Name, "libnice", $"libnice {LibniceProgram.VersionAsync().GetAwaiter().GetResult()} at both ends without encryption, our relay, in network namespaces; candidates are handed over whole and at once, and the time is from the first one's start on.");

    public GridMeeting Meet(RealNetwork network) => MeetAsync(network).GetAwaiter().GetResult();

    private async Task<GridMeeting> MeetAsync(RealNetwork network)
    {
        await LibniceProgram.PathAsync(); // what it takes to compile it does not count
        var options = new LibniceOptions { Controlling = true, Turn = network.Credentials(Name), Namespace = network.Namespace(RealNetwork.One), Patience = TimeSpan.FromSeconds(60) };
        var clock = Stopwatch.StartNew();
        await using var one = await LibniceAgent.StartAsync(options);
        await using var other = await LibniceAgent.StartAsync(options with { Namespace = network.Namespace(RealNetwork.Other), Controlling = false });
        one.Connect(other.Ufrag, other.Password, other.Candidates);
        other.Connect(one.Ufrag, one.Password, one.Candidates);
        await Task.WhenAll(one.SelectedAsync(), other.SelectedAsync());
        var firstByte = clock.Elapsed;
        await Task.WhenAll(one.ReadyAsync(), other.ReadyAsync()); // until then a better pair may come
        await other.EchoAsync();
        one.Send(Encoding.UTF8.GetBytes(Words));
        return Encoding.UTF8.GetString(await one.ReceiveAsync()) == Words
            ? GridMeeting.Of(Name, one.Pairs[^1], other.Pairs[^1], firstByte)
            : GridMeeting.Failed(Name, "Another text came back than was sent.");
    }
}
