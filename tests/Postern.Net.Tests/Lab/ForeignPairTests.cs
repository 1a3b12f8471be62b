using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Postern.Lab.Foreign;
using Postern.Net.Tests.Counterparts;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Lab;

/// <summary>
/// Browsers and libnice among themselves, behind TUN routers, with our relay: programs that know nothing of the laboratory run in
/// it, and reach what their ICE can reach. The paths are recorded in <c>meetings.json</c> beside the tests' binaries.
/// </summary>
[Trait("part", "net")]
public class ForeignPairTests
{
    private const string Server = "203.0.113.2";

    /// <summary>Boxes of the two, and whether ordinary ICE finds a direct path.</summary>
    private static readonly (string One, string Other, bool IsDirect)[] Pairs =
    [
        ("linux", "port-restricted", true),
        ("full-cone", "random", true),
        ("public", "firewall-1", true),
        ("address-restricted", "random", true),
        ("linux", "offset-30000", true),
        ("linux", "random", false),
        ("firewall-1", "block-512", false),
        ("sequential-5", "port-restricted", false),
    ];

    private static readonly Lock Writing = new();

    public ForeignPairTests() => LabRun.Require();

    [Fact]
    public Task Chromium_meets_chromium() => MeetAsync("chromium", atOnce: 2, ChromiumAsync);

    [Fact]
    public Task Libnice_meets_libnice() => MeetAsync("libnice", atOnce: 4, LibniceAsync);

    private static async Task MeetAsync(string peer, int atOnce, Func<TurnCredentials, string, string, Task<(ForeignPair Left, ForeignPair Right, double FirstByte)>> meet)
    {
        string[] boxes = [.. Pairs.SelectMany(pair => new[] { pair.One, pair.Other }).Distinct()];
        using var lab = Up(boxes);
        using var relay = OurRelay.Start(lab.Namespace("server"), Server, "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24");
        var meetings = new ConcurrentBag<ForeignMeeting>();
        await Parallel.ForEachAsync(Pairs, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (pair, _) =>
            meetings.Add(await TryAsync(peer, pair.One, pair.Other, () => meet(relay.CredentialsOf(peer), lab.Namespace($"at-{pair.One}"), lab.Namespace($"at-{pair.Other}")))));

        Record(peer, meetings);
        var outcomes = meetings.ToDictionary(meeting => (meeting.One, meeting.Other), meeting => meeting.Outcome);
        meetings.Where(meeting => meeting.Trouble is not null).ShouldBeEmpty();
        Pairs.Where(pair => !pair.IsDirect).Select(pair => outcomes[(pair.One, pair.Other)]).ShouldAllBe(outcome => outcome == "Relayed");

        // Which path they take where both are to be had is theirs: a browser may stay on the relay. That they can is ours to see.
        Pairs.Count(pair => pair.IsDirect && outcomes[(pair.One, pair.Other)] == "Direct").ShouldBeGreaterThanOrEqualTo(3);
    }

    private static async Task<ForeignMeeting> TryAsync(string peer, string one, string other, Func<Task<(ForeignPair Left, ForeignPair Right, double FirstByte)>> meet)
    {
        try
        {
            var (left, right, firstByte) = await meet();
            var outcome = IsRelayed(left) || IsRelayed(right) ? "Relayed" : "Direct"; // either end may send over the other's relay
            return new() { Peer = peer, One = one, Other = other, Outcome = outcome, Local = left.Local, Remote = right.Local, FirstByte = firstByte };
        }
        catch (Exception e) when (e is TimeoutException or IOException or InvalidOperationException)
        {
            return new() { Peer = peer, One = one, Other = other, Outcome = "None", Trouble = e.Message };
        }
    }

    private static async Task<(ForeignPair Left, ForeignPair Right, double FirstByte)> ChromiumAsync(TurnCredentials relay, string one, string other)
    {
        await using var left = await ChromiumPeer.StartAsync(new() { Namespace = one, Turn = relay });
        await using var right = await ChromiumPeer.StartAsync(new() { Namespace = other, Turn = relay });
        var answer = await right.AnswerAsync(await left.CreateOfferAsync());
        var clock = Stopwatch.StartNew();
        await left.AcceptAnswerAsync(answer);
        await Task.WhenAll(left.OpenAsync(), right.OpenAsync());
        var firstByte = clock.Elapsed.TotalMilliseconds;
        await left.SendTextAsync("there");
        (await right.ReadTextAsync()).ShouldBe("there");
        return (await SettledAsync(left), await SettledAsync(right), firstByte);
    }

    private static async Task<(ForeignPair Left, ForeignPair Right, double FirstByte)> LibniceAsync(TurnCredentials relay, string one, string other)
    {
        var options = new LibniceOptions { Controlling = true, Turn = relay, Namespace = one, Patience = TimeSpan.FromSeconds(60) };
        await using var left = await LibniceAgent.StartAsync(options);
        await using var right = await LibniceAgent.StartAsync(options with { Namespace = other, Controlling = false });
        var clock = Stopwatch.StartNew();
        left.Connect(right.Ufrag, right.Password, right.Candidates);
        right.Connect(left.Ufrag, left.Password, left.Candidates);
        await Task.WhenAll(left.ReadyAsync(), right.ReadyAsync());
        var firstByte = clock.Elapsed.TotalMilliseconds;
        right.Echo();
        left.Send("there and back"u8.ToArray());
        Encoding.UTF8.GetString(await left.ReceiveAsync()).ShouldBe("there and back");
        return (left.Pairs[^1], right.Pairs[^1], firstByte);
    }

    /// <summary>A browser may begin over the relay and change within its first seconds.</summary>
    private static async Task<ForeignPair> SettledAsync(ChromiumPeer peer)
    {
        var pair = await peer.SelectedPairAsync();
        for (var i = 0; i < 30 && IsRelayed(pair); i++)
        {
            await Task.Delay(500);
            pair = await peer.SelectedPairAsync();
        }

        return pair;
    }

    private static bool IsRelayed(ForeignPair pair) => pair.LocalType == "relay" || pair.RemoteType == "relay";

    private static LabRun Up(string[] boxes)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            networks = boxes.ToDictionary(box => box, box => new { box, router = "tun", up = new { delay = 10 }, down = new { delay = 10 } }),
            hosts = boxes.Select(box => ($"at-{box}", (object)new { @in = box })).Append(("server", new { addresses = 1 })).ToDictionary(pair => pair.Item1, pair => pair.Item2),
        }));
        var lab = new LabRun(file);
        File.Delete(file);
        foreach (var box in boxes)
        {
            Shell.Run("ip", ["netns", "exec", lab.Namespace($"at-{box}"), "sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1"]); // over which nothing would translate
        }

        return lab;
    }

    private static void Record(string peer, IEnumerable<ForeignMeeting> meetings)
    {
        lock (Writing)
        {
            var path = Path.Combine(AppContext.BaseDirectory, "meetings.json");
            var others = File.Exists(path) ? JsonSerializer.Deserialize<ForeignMeeting[]>(File.ReadAllText(path), JsonSerializerOptions.Web)!.Where(meeting => meeting.Peer != peer) : [];
            File.WriteAllText(path, JsonSerializer.Serialize(others.Concat(meetings.OrderBy(meeting => (meeting.One, meeting.Other))), JsonSerializerOptions.Web));
        }
    }
}
