using System.Net;
using System.Net.Sockets;
using Postern.Benchmarks.Harness;

namespace Postern.Benchmarks.Relay;

/// <summary>Our relay and coturn in turns, under the same load, each in a process of its own.</summary>
internal static class RelayBench
{
    private const int Rounds = 5;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1.5);

    private delegate RelayRound Load(RelayLoad load, TimeSpan duration);

    public static void Run()
    {
        var table = new Table(
            "Relay: datagrams a second of the relay's CPU time (user and kernel)",
            $"4 allocations with a channel each, 128 to 256 datagrams under way; {Rounds} rounds of {Round.TotalSeconds} s in turns; the ratio is the median over the rounds",
            "",
            "a CPU second",
            "range",
            "a second",
            "lost",
            "to coturn");
        using var ours = new RelayLoad(new RelayProcess(FreePort()));
        using var theirs = CoturnProcess.IsInstalled ? new RelayLoad(new CoturnProcess(FreePort())) : null;
        foreach (var size in (int[])[160, 1200])
        {
            Compare(table, $"{size} bytes to the peer", ours, theirs, (load, duration) => load.ToPeer(size, duration));
            Compare(table, $"{size} bytes to the client", ours, theirs, (load, duration) => load.ToClient(size, duration));
        }

        table.Print();
        if (theirs is null)
        {
            Console.WriteLine("    coturn is not installed: there is nothing to compare with.");
        }
    }

    private static void Compare(Table table, string what, RelayLoad ours, RelayLoad? theirs, Load load)
    {
        load(ours, WarmUp);
        _ = theirs is null ? default : load(theirs, WarmUp);
        var rounds = Enumerable.Range(0, Rounds).Select(_ => (Ours: load(ours, Round), Theirs: theirs is null ? default : load(theirs, Round))).ToArray();
        var ratio = Spread.Of(rounds.Select(round => round.Ours.PerCpuSecond / round.Theirs.PerCpuSecond));
        Add(table, $"{what}: {ours.Name}", rounds.Select(round => round.Ours), theirs is null ? "" : $"{ratio.Median:0.00} ({ratio.Range("0.00")})");
        if (theirs is not null)
        {
            Add(table, $"{what}: {theirs.Name}", rounds.Select(round => round.Theirs), "1");
        }
    }

    private static void Add(Table table, string what, IEnumerable<RelayRound> rounds, string ratio)
    {
        var perCpu = Spread.Of(rounds.Select(round => round.PerCpuSecond));
        table.Add(
            what,
            $"{perCpu.Median:#,0}",
            perCpu.Range("#,0"),
            $"{Spread.Of(rounds.Select(round => round.Arrived / round.Seconds)).Median:#,0}",
            $"{rounds.Sum(round => round.Lost) / (double)rounds.Sum(round => round.Lost + round.Arrived):0.00 %}",
            ratio);
    }

    private static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
