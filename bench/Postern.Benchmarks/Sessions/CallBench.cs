using Postern.Benchmarks.Harness;
using Postern.Protocol.Net;
using Postern.Sessions.Sctp;

namespace Postern.Benchmarks.Sessions;

/// <summary>
/// Goodput of two whole peers in virtual time: what congestion control makes of a path. How fast the machine is does not
/// matter to it; what it cost in CPU time is told beside it.
/// </summary>
internal static class CallBench
{
    private const int MessageSize = 65_536;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);

    public static void Run()
    {
        var table = new Table(
            "Session over a simulated path: ICE, DTLS, SCTP, one ordered channel",
            $"virtual time; round trip {RoundTrip.TotalMilliseconds:0} ms, a queue of 20 ms; {Duration.TotalSeconds:0} s from the first byte on; CPU time of both ends together",
            "rate, loss",
            "goodput Mbit/s",
            "of rate",
            "CPU, Mbit/s",
            "allocated for 1 MB");
        foreach (var megabits in (int[])[100, 1000])
        {
            foreach (var loss in (double[])[0, 0.001, 0.01, 0.03])
            {
                Add(table, megabits, loss);
            }
        }

        table.Print();
    }

    private static void Add(Table table, int megabits, double loss)
    {
        using var pair = new CallPair(megabits * 1e6, RoundTrip / 2, loss);
        while (!pair.IsConnected)
        {
            pair.Step();
        }

        var channel = pair.Open();
        var message = new byte[MessageSize];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var cpu = CpuTime.ThreadNanoseconds;
        for (var end = pair.Now + Duration; pair.Now < end; pair.Step())
        {
            while (pair.Caller.Send(channel, isText: false, message, pair.Now) == SendResult.Accepted)
            {
            }

            pair.Drain();
        }

        cpu = CpuTime.ThreadNanoseconds - cpu;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var bits = pair.Received * 8.0;
        var goodput = bits / Duration.TotalSeconds / 1e6;
        table.Add(
            $"{megabits} Mbit/s, {100 * loss:0.#} %",
            $"{goodput:0.0}",
            $"{goodput / megabits:0 %}",
            $"{bits / (cpu / 1e3):0}",
            $"{allocated / (double)pair.Received:0.00} MB");
    }
}
