using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Postern.Benchmarks.Harness;

namespace Postern.Benchmarks.Sessions;

/// <summary>Two <see cref="PeerPath"/>s of this process over real sockets on 127.0.0.1, and bare UDP beside them.</summary>
internal static class LoopbackBench
{
    private const int Rounds = 5;
    private const int DatagramSize = 1200;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    public static async Task RunAsync()
    {
        var table = new Table(
            "Session over loopback: real sockets, both peers in one process",
            $"goodput of one ordered channel; CPU time of the whole process, sender, receiver and kernel; {Rounds} rounds of {Round.TotalSeconds:0} s",
            "",
            "Mbit/s",
            "range",
            "Mbit/s of CPU",
            "range",
            "allocated for 1 MB");
        await AddAsync(table, "session, messages of 64 KiB", 65_536).ConfigureAwait(false);
        await AddAsync(table, "session, messages of 1,000 bytes", 1_000).ConfigureAwait(false);
        Add(table, $"bare UDP, datagrams of {DatagramSize} bytes", [.. Enumerable.Range(0, Rounds).Select(_ => Bare())]);
        table.Print();
    }

    private static async Task AddAsync(Table table, string what, int size)
    {
        var (a, b) = await ConnectAsync().ConfigureAwait(false);
        await using (a.ConfigureAwait(false))
        await using (b.ConfigureAwait(false))
        {
            var sender = a.Session.OpenChannel("bulk");
            var incoming = b.Session.IncomingChannelsAsync().GetAsyncEnumerator();
            await incoming.MoveNextAsync().ConfigureAwait(false);
            await MeasureAsync(sender, incoming.Current, size).ConfigureAwait(false);
            var rounds = new Sample[Rounds];
            for (var i = 0; i < Rounds; i++)
            {
                rounds[i] = await MeasureAsync(sender, incoming.Current, size).ConfigureAwait(false);
            }

            Add(table, what, rounds);
        }
    }

    private static async Task<(PeerPath Caller, PeerPath Callee)> ConnectAsync()
    {
        var (forth, back) = MemorySignal.Pair();
        var options = new ConnectOptions { Signal = forth, IsCaller = true, LocalAddresses = [IPAddress.Loopback], LocalName = "alice", RemoteName = "bob" };
        var caller = PeerPath.ConnectAsync(options);
        var callee = PeerPath.ConnectAsync(options with { Signal = back, IsCaller = false, LocalName = "bob", RemoteName = "alice" });
        return (await caller.ConfigureAwait(false), await callee.ConfigureAwait(false));
    }

    private static async Task<Sample> MeasureAsync(MessageChannel sender, MessageChannel receiver, int size)
    {
        long bytes = 0;
        var message = new byte[size];
        var start = Sample.Begin();
        var sending = Task.Run(async () =>
        {
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < Round;)
            {
                await sender.SendAsync(message).ConfigureAwait(false);
            }

            await sender.SendAsync("done").ConfigureAwait(false);
        });
        while (await receiver.ReceiveAsync().ConfigureAwait(false) is { IsText: false } received)
        {
            bytes += received.Bytes.Length;
        }

        await sending.ConfigureAwait(false);
        return start.End(bytes);
    }

    /// <summary>What the kernel and .NET's sockets make possible: one thread sends, another receives, nothing is encrypted or repeated.</summary>
    private static Sample Bare()
    {
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20, ReceiveTimeout = 200 };
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.Connect(receiver.LocalEndPoint!);
        long bytes = 0;
        var start = Sample.Begin();
        var sending = new Thread(() =>
        {
            var datagram = new byte[DatagramSize];
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < Round;)
            {
                sender.Send(datagram);
            }

            sender.Send(ReadOnlySpan<byte>.Empty);
        });
        sending.Start();
        var buffer = new byte[DatagramSize];
        try
        {
            for (var length = receiver.Receive(buffer); length > 0; length = receiver.Receive(buffer))
            {
                bytes += length;
            }
        }
        catch (SocketException)
        {
            // the empty datagram that ends it was lost
        }

        sending.Join();
        return start.End(bytes);
    }

    private static void Add(Table table, string what, Sample[] rounds)
    {
        var wall = Spread.Of(rounds.Select(round => round.Bytes * 8 / round.Seconds / 1e6));
        var cpu = Spread.Of(rounds.Select(round => round.Bytes * 8 / round.CpuSeconds / 1e6));
        table.Add(
            what,
            $"{wall.Median:0}",
            wall.Range("0"),
            $"{cpu.Median:0}",
            cpu.Range("0"),
            $"{rounds.Sum(round => (double)round.Allocated) / rounds.Sum(round => (double)round.Bytes):0.00} MB");
    }

    private readonly record struct Sample(long Bytes, double Seconds, double CpuSeconds, long Allocated)
    {
        public static Sample Begin() => new(0, Now, Environment.CpuUsage.TotalTime.TotalSeconds, GC.GetTotalAllocatedBytes());

        private static double Now => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

        public Sample End(long bytes) =>
            new(bytes, Now - Seconds, Environment.CpuUsage.TotalTime.TotalSeconds - CpuSeconds, GC.GetTotalAllocatedBytes() - Allocated);
    }
}
