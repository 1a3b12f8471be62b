using System.Collections.Concurrent;
using System.Text.Json;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces;
using Postern.Lab.Predicate;
using Postern.Net.Tests.Networks;
using Postern.Net.Tests.Sessions;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Lab;

/// <summary>
/// Every box of the catalogue with real packets: <c>postern check</c> against our server and against coturn on two addresses, and
/// coturn's own tool. All three agree, and the box has its name.
/// </summary>
[Trait("part", "net")]
public class BoxNamesForRealTests
{
    private const int Samples = 16;
    private const ushort Port = 4780;

    private static readonly IpAddress One = IpAddress.Parse("203.0.113.2");
    private static readonly IpAddress Other = IpAddress.Parse("203.0.113.3");

    /// <summary>How much cross-traffic there was is drawn by lot.</summary>
    private static readonly string[] ByTraffic = ["firewall-1", "sequential-5", "sequential-20", "sequential-35", "sequential-100"];

    public BoxNamesForRealTests() => LabRun.Require();

    [Fact]
    public void Every_box_has_its_name_from_our_server_and_from_coturn_and_natdiscovery_agrees()
    {
        BoxDescription[] boxes = [.. BoxCatalogue.All.Values];
        using var lab = Up(boxes);
        var state = LabState.Load(lab.Name)!;
        using var coturn = new LabCoturn(lab, "server", One, Other);
        using var up = lab.StartInside("server", PosternHost.Binary, "up", "--listen", $"{One}:{Port}", $"{Other}:{Port}");
        up.WaitFor("Postern is up.", 60);

        var wrong = new ConcurrentBag<string>();
        var opinions = 0;
        using var turn = new SemaphoreSlim(10);
        OwnThreads.Run(boxes.Index().Select(pair => (Action)(() =>
        {
            var (host, id) = ($"h{pair.Index}", pair.Item.Id);
            var local = IpAddress.Parse(state.Members.Single(member => member.Name == host).Addresses[0]);
            turn.Wait();
            Judge(id, "postern check --server", Check(lab, host, out var outcome, "--server", $"{One}:{Port}"), outcome, wrong);
            var report = Check(lab, host, out outcome, "--stun", $"{coturn.Server}");
            Judge(id, "postern check --stun", report, outcome, wrong);
            turn.Release();
            var discovered = NatDiscovery.Ask(lab, host, local, coturn.Server); // some twenty seconds, and no work
            (report is null ? [] : discovered.Contradictions(report)).ToList().ForEach(what => wrong.Add($"{id}: natdiscovery says {what}; {report}"));
            Interlocked.Add(ref opinions, discovered.Filtering == NatDependence.Unknown ? 0 : 1);
        })));

        wrong.ShouldBeEmpty();
        opinions.ShouldBeGreaterThanOrEqualTo(boxes.Length - 4); // all but those without UDP
    }

    private static LabRun Up(BoxDescription[] boxes)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            networks = boxes.Index().ToDictionary(pair => $"n{pair.Index}", pair => new { box = pair.Item.Id, router = "tun" }),
            hosts = boxes.Index().Select(pair => ($"h{pair.Index}", (object)new { @in = $"n{pair.Index}" })).Append(("server", new { addresses = 2 })).ToDictionary(pair => pair.Item1, pair => pair.Item2),
        }));
        var lab = new LabRun(file);
        File.Delete(file);
        return lab;
    }

    private static NatReport? Check(LabRun lab, string host, out Outcome outcome, params string[] against)
    {
        using var check = lab.StartInside(host, [PosternHost.Binary, "check", .. against, "--samples", $"{Samples}", "--json"]);
        outcome = check.WaitForExit(90);
        return outcome.Output.Split('\n').Where(line => line.Contains("\"mapping\"", StringComparison.Ordinal)).Select(Report)
            .FirstOrDefault(report => report is { Family: IpFamily.V4 });
    }

    private static NatReport? Report(string line)
    {
        using var json = JsonDocument.Parse(line);
        var report = json.RootElement.TryGetProperty("data", out var data) ? data : json.RootElement;
        return NatReportJson.TryRead(JsonSerializer.SerializeToUtf8Bytes(report), out var read) ? read : null;
    }

    /// <summary>The right name must be among those given, and where chance has no part in it there is but one.</summary>
    private static void Judge(string id, string by, NatReport? report, Outcome outcome, ConcurrentBag<string> wrong)
    {
        var names = report is null ? [] : BoxNaming.Of(report);
        var isSure = names.Count == 1 || names.All(name => name.Ids.All(ByTraffic.Contains));
        if (!isSure || !names.Any(name => name.Ids.Contains(id)))
        {
            var ports = report?.Ports.Samples.Select(sample => $"{sample.LocalPort}>{sample.Mapped.Port}") ?? [];
            wrong.Add($"{id}: {by} says {string.Join("; ", names.Select(name => string.Join(',', name.Ids)))} {report} {report?.Ports.Kind} {report?.Ports.Delta} {string.Join(' ', ports)} ({outcome})");
        }
    }
}
