using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Foreign;
using Postern.Lab.Grid.Real;
using Postern.Lab.Predicate;
using Postern.Net.Tests.Counterparts;
using Postern.Net.Tests.Networks;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Server.Storage;

namespace Postern.Net.Tests.Lab.Prediction;

/// <summary>
/// A browser that knows nothing of Postern, behind a NAT that keeps its ports, reaches our peer behind one that counts them: our side
/// learns the port of its own punch and tells it as one more candidate.
/// </summary>
[Trait("part", "net")]
public sealed class ChromiumReachesUsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Directly_though_our_ports_are_counted(bool weOffer)
    {
        Leftovers.RequireNamespaces();
        var plan = new RealPlan { Program = PosternProgram.Path, RelaySecret = RelaySecret, Peers = ["chromium"], Pairs = [("sequential-5", "linux")] };
        using var network = RealNetwork.Up(plan, $"chr-{Environment.ProcessId}-{(weOffer ? 1 : 2)}", plan.Pairs[0], CancellationToken.None);
        var home = network.Namespace(RealNetwork.One);
        var address = Shell.Run("ip", ["netns", "exec", home, "ip", "-4", "-o", "addr", "show", "scope", "global"]).Split(' ', StringSplitOptions.RemoveEmptyEntries)[3].Split('/')[0];
        var measured = BoxTruth.Of(BoxCatalogue.All["sequential-5"], Endpoint.Parse($"{address}:5000"), Endpoint.Parse("198.51.100.1:5000"));
        var (mine, theirs) = (network.Credentials("ours"), network.Credentials("chromium"));
        await using var ours = new OurPeer(home, address, new(new(IpAddress.Parse(mine.Address), (ushort)mine.Port), mine.User, mine.Password), trickles: true, nat: measured);
        await using var chromium = await ChromiumPeer.StartAsync(new() { Namespace = network.Namespace(RealNetwork.Other), Turn = theirs });
        await Meeting.ConnectTricklingAsync(ours, chromium, weOffer);
        await ours.SendTextAsync("schön");
        (await chromium.ReadTextAsync()).ShouldBe("schön");
        for (var look = 0; look < 40 && (await chromium.SelectedPairAsync()).IsRelayed; look++)
        {
            await Task.Delay(500);
        }

        var pair = await chromium.SelectedPairAsync();
        pair.IsRelayed.ShouldBeFalse($"{pair}; {string.Join('\n', ours.Path.Report.Steps)}");
        ours.Path.Kind.ShouldBe(PathKind.Predicted);
    }

    private static string RelaySecret(string data)
    {
        using var store = NameStore.Open(data);
        return Convert.ToHexStringLower(store.Secrets.Turn);
    }
}
