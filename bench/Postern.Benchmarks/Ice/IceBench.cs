using Postern.Benchmarks.Harness;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;

namespace Postern.Benchmarks.Ice;

/// <summary>What checks cost, sent and answered.</summary>
internal static class IceBench
{
    public static void Run()
    {
        var table = new Table("ICE", "CPU time of one thread for both agents, 9 rounds of 60 ms, virtual time", "", "ns", "range", "allocated", "a second");
        Add(table, Operation.Measure("consent check: sent, verified, answered, verified", Consent()));
        Add(table, Operation.Measure("answering a request: verified, answered", Answering()));
        Add(table, Operation.Measure("a connection, 1 candidate each side", count => Connect(1, count)));
        Add(table, Operation.Measure("a connection, 4 candidates each side", count => Connect(4, count)));
        table.Print();
        var pair = Connected(4);
        Console.WriteLine($"    (the last: {pair.Checks} checks until both have chosen)");
    }

    private static Action<int> Consent()
    {
        var pair = Connected(1);
        while (pair.Now < Instant.FromMilliseconds(60_000))
        {
            pair.Step();
        }

        return count =>
        {
            for (var end = pair.Checks + count; pair.Checks < end;)
            {
                pair.Step();
            }
        };
    }

    /// <summary>The same request again and again, as a peer's repeats are.</summary>
    private static Action<int> Answering()
    {
        var pair = Connected(1);
        var request = new byte[2048];
        while (!pair.A.TryTransmit(request, out _))
        {
            pair.A.HandleDeadline(pair.A.NextDeadline);
        }

        var length = 20 + ((request[2] << 8) | request[3]);
        var answer = new byte[2048];
        return count =>
        {
            for (var i = 0; i < count; i++)
            {
                if (!pair.B.HandleDatagram(request.AsSpan(0, length), IcePair.SocketOfA, IcePair.SocketOfB, pair.Now) || !pair.B.TryTransmit(answer, out _))
                {
                    throw new InvalidOperationException("The request was not answered.");
                }
            }
        };
    }

    private static void Connect(int sockets, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Connected(sockets);
        }
    }

    private static IcePair Connected(int sockets)
    {
        var pair = new IcePair(sockets);
        while (!pair.IsConnected)
        {
            pair.Step();
        }

        return pair;
    }

    private static void Add(Table table, Operation operation) =>
        table.Add(operation.What, $"{operation.Nanoseconds.Median:0}", operation.Nanoseconds.Range("0"), $"{operation.Bytes:0} B", $"{operation.PerSecond:#,0}");
}
