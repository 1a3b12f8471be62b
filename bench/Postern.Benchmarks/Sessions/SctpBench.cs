using System.Diagnostics;
using Postern.Benchmarks.Harness;
using Postern.Lab.Namespaces.Kernel;
using Postern.Protocol.Net;
using Postern.Sessions.Sctp;

namespace Postern.Benchmarks.Sessions;

/// <summary>Goodput of one SCTP association without encryption and sockets, both ends in this thread, back to back in memory.</summary>
internal static class SctpBench
{
    private const int Rounds = 5;

    public static void Run()
    {
        var table = new Table(
            "SCTP alone, in memory, in order on one stream",
            $"goodput a second of CPU time, both ends in one thread, {Rounds} rounds",
            "messages of",
            "Mbit/s",
            "range",
            "allocated for 1 MB");
        InMemory(64, 1 << 20);
        Add(table, "64 KiB", 65_536, 1 << 28);
        Add(table, "1,000 bytes", 1_000, 1 << 28);
        Add(table, "50 bytes", 50, 1 << 25);
        table.Print();
    }

    private static void Add(Table table, string size, int messageSize, long bytes)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var goodput = Spread.Of(Enumerable.Range(0, Rounds).Select(_ => InMemory(messageSize, bytes) / 1e6));
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        table.Add(size, $"{goodput.Median:0}", goodput.Range("0"), $"{allocated / (double)(Rounds * bytes):0.00} MB");
    }

    /// <summary>Bits a second of CPU time.</summary>
    private static double InMemory(int messageSize, long bytes)
    {
        var (a, b) = Pair();
        var message = new byte[messageSize];
        var buffer = new byte[2048];
        long received = 0;
        var watch = Stopwatch.StartNew();
        var cpu = CpuTime.ThreadNanoseconds;
        while (received < bytes)
        {
            var now = new Instant(watch.Elapsed.Ticks);
            while (a.BufferedAmount < 1 << 20 && a.Send(0, PayloadProtocol.Binary, message, default, now) == SendResult.Accepted)
            {
            }

            var any = Exchange(a, b, buffer, now) | Exchange(b, a, buffer, now);
            received += Take(b);
            Take(a);
            if (!any)
            {
                a.HandleDeadline(now);
                b.HandleDeadline(now);
            }
        }

        return received * 8 / ((CpuTime.ThreadNanoseconds - cpu) / 1e9);
    }

    private static (SctpAssociation A, SctpAssociation B) Pair()
    {
        var random = new LabRandom(1);
        var options = new SctpOptions();
        SctpAssociation a = new(options, random), b = new(options, random);
        a.StartFromSignalling(b.LocalInit, Instant.Zero);
        b.StartFromSignalling(a.LocalInit, Instant.Zero);
        return (a, b);
    }

    private static bool Exchange(SctpAssociation from, SctpAssociation to, byte[] buffer, Instant now)
    {
        var any = false;
        for (var burst = 0; burst < 16 && from.TryTransmit(buffer, now, out var length); burst++)
        {
            to.HandlePacket(buffer.AsSpan(0, length), now);
            any = true;
        }

        return any;
    }

    private static long Take(SctpAssociation association)
    {
        long bytes = 0;
        while (association.TryTakeEvent(out var happened))
        {
            bytes += happened is SctpEvent.MessageReceived message ? message.Payload.Length : 0;
        }

        return bytes;
    }
}
