using System.Globalization;
using Postern.Benchmarks.Harness;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Namespaces.Routing;
using Postern.Lab.Namespaces.Topologies;

namespace Postern.Benchmarks.Lab;

/// <summary>The TUN router and the kernel's own NAT in turns, with the same box, the same hosts and the same load.</summary>
internal static class RouterBench
{
    private const int Rounds = 5;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1.5);
    private static readonly string[] Labs = ["bench-tun", "bench-kernel"];

    /// <summary>The router process: this program, called in another way.</summary>
    public static void Serve(string description)
    {
        using var router = RouterDescription.Read(File.ReadAllText(description)).Open();
        router.Run(CancellationToken.None);
    }

    public static void Run()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Console.WriteLine("\nRouter: needs root, for network namespaces.");
            return;
        }

        try
        {
            foreach (var (lab, kind) in Labs.Zip([RouterKind.Tun, RouterKind.Kernel]))
            {
                LabNetworks.Up(lab, ReadyTopologies.Make("one-home", ["linux"], kind), Environment.ProcessPath!);
            }

            Measure();
        }
        finally
        {
            foreach (var lab in LabNetworks.List().Intersect(Labs))
            {
                LabNetworks.Down(lab);
            }
        }
    }

    private static void Measure()
    {
        var table = new Table(
            "Router: UDP packets a second from a host behind it to a server, with at most 128 under way",
            $"the box 'linux', hosts in namespaces of this machine; {Rounds} rounds of {Round.TotalSeconds} s in turns; the kernel's own work counts for whoever sends, so only ours has CPU time of its own",
            "",
            "a second",
            "range",
            "a CPU second of the router",
            "range",
            "lost",
            "to the kernel");
        var router = int.Parse(RouterProcess(Labs[0]), CultureInfo.InvariantCulture);
        foreach (var (size, isIpv6) in ((int, bool)[])[(160, false), (1200, false), (160, true)])
        {
            using var ours = new RouterLoad(Labs[0], size, isIpv6);
            using var theirs = new RouterLoad(Labs[1], size, isIpv6);
            _ = (ours.Run(WarmUp, router), theirs.Run(TimeSpan.FromSeconds(0.5), null));
            var rounds = Enumerable.Range(0, Rounds).Select(_ => (Ours: ours.Run(Round, router), Theirs: theirs.Run(Round, null))).ToArray();
            var what = $"{size} bytes, IPv{(isIpv6 ? 6 : 4)}";
            var ratio = Spread.Of(rounds.Select(round => round.Ours.PerSecond / round.Theirs.PerSecond));
            Add(table, $"{what}: TUN router", [.. rounds.Select(round => round.Ours)], $"{ratio.Median:0.00} ({ratio.Range("0.00")})");
            Add(table, $"{what}: kernel", [.. rounds.Select(round => round.Theirs)], "1");
        }

        table.Print();
    }

    private static void Add(Table table, string what, RouterRound[] rounds, string ratio)
    {
        var perSecond = Spread.Of(rounds.Select(round => round.PerSecond));
        Spread? perCpu = rounds[0].CpuSeconds is null ? null : Spread.Of(rounds.Select(round => round.Arrived / round.CpuSeconds!.Value));
        table.Add(
            what, $"{perSecond.Median:#,0}", perSecond.Range("#,0"), perCpu is { } ours ? $"{ours.Median:#,0}" : "", perCpu?.Range("#,0") ?? "",
            $"{rounds.Sum(round => round.Sent - round.Arrived) / (double)rounds.Sum(round => round.Sent):0.00 %}", ratio);
    }

    private static string RouterProcess(string lab)
    {
        using var listing = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("ip", ["netns", "pids", LabNames.Namespace(lab, "home")]) { RedirectStandardOutput = true })!;
        return listing.StandardOutput.ReadToEnd().Trim();
    }
}
