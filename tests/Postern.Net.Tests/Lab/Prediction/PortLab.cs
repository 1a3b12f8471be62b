using System.Text.Json;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces;
using Postern.Net.Tests.Networks;
using Postern.Sessions.Calls;

namespace Postern.Net.Tests.Lab.Prediction;

/// <summary>
/// A server and several pairs of homes behind the boxes of a cell, all TUN routers: 10 ms each way from each home and from the server
/// to the middle, and 1 % loss on each home's line. Each pair is used for one call, so that no NAT remembers anything of another.
/// </summary>
internal sealed class PortLab : IDisposable
{
    private const double Patience = 40;
    private const string Probes = "24"; // pings of half a second: as long as the slowest cell takes to be direct
    private const string Pause = "0.5";

    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true, Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };
    private static readonly string[] Reachable = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]; // the laboratory's own addresses

    private readonly PortCell _cell;
    private readonly LabRun _lab;
    private readonly string[] _server;

    public PortLab(PortCell cell, int pairs)
    {
        _cell = cell;
        var file = Path.GetTempFileName();
        File.WriteAllText(file, Topology(cell, pairs));
        _lab = new LabRun(file);
        File.Delete(file);
        _server = [.. LabState.Load(_lab.Name)!.Members.Single(member => member.Name == "server").Addresses.Where(address => !address.Contains(':', StringComparison.Ordinal))];
        foreach (var home in Enumerable.Range(0, pairs).SelectMany(pair => new[] { $"one-{pair}", $"other-{pair}" }))
        {
            Shell.Run("ip", ["netns", "exec", _lab.Namespace(home), "sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1"]); // over which nothing would translate
        }

        var up = _lab.StartInside("server", [PosternProgram.Path, "up", "--listen", .. _server, .. Reachable.SelectMany(prefix => new[] { "--allow-peer", prefix })]);
        up.WaitFor("Postern is up.", Patience);
    }

    /// <summary>Both log in and measure, the one answers, the other calls and pings until the path is direct or time is up.</summary>
    public PortMeeting Meet(int pair)
    {
        var (one, other) = ($"one-{pair}", $"other-{pair}");
        OwnThreads.Run(new[] { one, other }.Select(home => (Action)(() => Login(home))));
        using var answering = _lab.StartInside(other, PosternProgram.Path, "chat", "--probe", _cell.Probe);
        answering.WaitFor("Waiting for somebody", Patience);
        Thread.Sleep(500); // its network is recalled by then, as of a peer that waits for hours
        using var calling = _lab.StartInside(one, PosternProgram.Path, "ping", other, "--probe", _cell.Probe, "--count", Probes, "--interval", Pause);
        var said = Called(calling);
        using var why = _lab.StartInside(one, PosternProgram.Path, "why", other, "--json");
        var report = why.WaitForExit(Patience).Output.Split('\n').LastOrDefault(line => line.StartsWith('{'));
        return new(report is null ? null : JsonSerializer.Deserialize<ConnectReport>(report, Json), said);
    }

    public void Dispose() => _lab.Dispose();

    private void Login(string home)
    {
        using var login = _lab.StartInside(home, PosternProgram.Path, "login", $"{home}@{_server[0]}");
        var outcome = login.WaitForExit(Patience);
        outcome.Succeeded.ShouldBeTrue(outcome.Errors);
    }

    /// <summary>Once a ping went directly, some more do not make it more direct.</summary>
    private static string Called(Background calling)
    {
        for (var left = Patience; left > 0 && !calling.HasExited && !calling.Output.Contains("ms, direct", StringComparison.Ordinal); left -= 0.1)
        {
            Thread.Sleep(100);
        }

        var outcome = calling.HasExited ? calling.WaitForExit() : calling.Interrupt();
        return outcome.Output + outcome.Errors;
    }

    /// <summary>The box as a description of its own: each mapping takes any of its addresses.</summary>
    private static JsonElement Pooled(string box, int addresses)
    {
        var pooled = BoxCatalogue.Nat(BoxCatalogue.All[box])! with { Addresses = addresses, Pooling = Pooling.Arbitrary };
        return JsonDocument.Parse(BoxDescriptionJson.Write(BoxCatalogue.All[box] with { Id = $"{box}-pooled", Nat = pooled })).RootElement;
    }

    private static string Topology(PortCell cell, int pairs)
    {
        object Home(object box) => new { box, router = "tun", up = new { delay = 10, loss = 0.01 }, down = new { delay = 10, loss = 0.01 } };
        var line = new { delay = 10 };
        var networks = new Dictionary<string, object> { ["hall"] = new { box = "public", router = "tun", up = line, down = line } };
        var hosts = new Dictionary<string, object> { ["server"] = new { @in = "hall", addresses = 2 } };
        for (var pair = 0; pair < pairs; pair++)
        {
            (networks[$"home-one-{pair}"], networks[$"home-other-{pair}"]) = (Home(cell.Addresses == 1 ? cell.One : Pooled(cell.One, cell.Addresses)), Home(cell.Other));
            (hosts[$"one-{pair}"], hosts[$"other-{pair}"]) = (new { @in = $"home-one-{pair}" }, new { @in = $"home-other-{pair}" });
        }

        return JsonSerializer.Serialize(new { networks, hosts });
    }
}
