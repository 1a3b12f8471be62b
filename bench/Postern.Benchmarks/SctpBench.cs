using System.Diagnostics;
using System.Globalization;
using Postern.Protocol.Net;
using Postern.Sessions.Sctp;

namespace Postern.Benchmarks;

/// <summary>
/// Goodput of one SCTP association: bound by one core, back to back in memory; and in virtual time over a path of 20 ms, with and
/// without 1 % of loss, at 100 Mbit/s and 1 Gbit/s.
/// </summary>
public static class SctpBench
{
    private const int MessageSize = 65_536;

    public static void Run()
    {
        Console.WriteLine("SCTP goodput, in order on one stream");
        InMemory(64, 1 << 20);
        Report("in memory, one core, messages of 64 KiB", InMemory(MessageSize, 1L << 30));
        Report("in memory, one core, messages of 1,000 bytes", InMemory(1_000, 1L << 29));
        Report("in memory, one core, messages of 50 bytes", InMemory(50, 1L << 25));
        foreach (var megabits in (int[])[100, 1000])
        {
            foreach (var loss in (double[])[0, 0.001, 0.01, 0.03])
            {
                Report(string.Create(CultureInfo.InvariantCulture, $"virtual, 20 ms, {megabits} Mbit/s, loss {100 * loss:0.#} %"), Simulated(megabits, loss, TimeSpan.FromSeconds(10)));
            }
        }
    }

    /// <summary>Bits a second of wall time, both ends in this thread.</summary>
    public static double InMemory(int messageSize, long bytes)
    {
        var (a, b) = Pair();
        var message = new byte[messageSize];
        var buffer = new byte[2048];
        long received = 0;
        var watch = Stopwatch.StartNew();
        while (received < bytes)
        {
            var now = new Instant(watch.Elapsed.Ticks);
            while (a.BufferedAmount < 1 << 20 && a.Send(0, PayloadProtocol.Binary, message, default, now) == SendResult.Accepted)
            {
            }

            var any = Exchange(a, b, buffer, now) | Exchange(b, a, buffer, now);
            received += Take(b);
            Take(a);
            if (!any && a.NextDeadline <= now)
            {
                a.HandleDeadline(now);
            }

            if (!any && b.NextDeadline <= now)
            {
                b.HandleDeadline(now);
            }
        }

        return received * 8 / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Bits a second of virtual time. The link has a queue of one bandwidth-delay product.</summary>
    public static double Simulated(int megabits, double loss, TimeSpan duration)
    {
        var (a, b) = Pair();
        var random = new BenchRandom(7);
        var forth = new BenchLink(random, megabits * 1e6, TimeSpan.FromMilliseconds(10), loss);
        var back = new BenchLink(random, megabits * 1e6, TimeSpan.FromMilliseconds(10), loss);
        var message = new byte[MessageSize];
        var buffer = new byte[2048];
        long received = 0;
        for (var now = Instant.Zero; now < Instant.Zero + duration;)
        {
            while (a.Send(0, PayloadProtocol.Binary, message, default, now) == SendResult.Accepted)
            {
            }

            Transmit(a, forth, buffer, now);
            Transmit(b, back, buffer, now);
            received += Take(b);
            Take(a);
            now = Instant.Max(now, Instant.Min(Instant.Min(forth.NextArrival, back.NextArrival), Instant.Min(a.NextDeadline, b.NextDeadline)));
            Step(a, b, forth, back, now);
        }

        return received * 8 / duration.TotalSeconds;
    }

    private static void Step(SctpAssociation a, SctpAssociation b, BenchLink forth, BenchLink back, Instant now)
    {
        if (forth.TryReceive(now, out var packet))
        {
            b.HandlePacket(packet, now);
        }
        else if (back.TryReceive(now, out packet))
        {
            a.HandlePacket(packet, now);
        }
        else
        {
            a.HandleDeadline(now);
            b.HandleDeadline(now);
        }
    }

    private static (SctpAssociation A, SctpAssociation B) Pair()
    {
        var random = new BenchRandom(1);
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

    private static void Transmit(SctpAssociation from, BenchLink link, byte[] buffer, Instant now)
    {
        while (from.TryTransmit(buffer, now, out var length))
        {
            link.Send(buffer.AsSpan(0, length), now);
        }
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

    private static void Report(string what, double bitsPerSecond) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-48} {bitsPerSecond / 1e6,8:0.0} Mbit/s"));
}
