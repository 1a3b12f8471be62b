using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Postern.Benchmarks.Harness;
using Postern.Lab.Namespaces.Kernel;

namespace Postern.Benchmarks.Lab;

/// <summary>Datagrams from a host behind the router to the server, as many as get through with a bound on those under way.</summary>
internal sealed class RouterLoad : IDisposable
{
    private const int Port = 9000;
    private const int MostUnderWay = 128;
    private const int QueueBytes = 4 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20); // then what has not come is lost

    private readonly Socket _sender;
    private readonly Socket _receiver;
    private readonly byte[] _payload;
    private long _arrived;

    public RouterLoad(string lab, int size, bool isIpv6)
    {
        var family = isIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        _payload = new byte[size];
        _receiver = Open(lab, "server", family);
        _receiver.Bind(new IPEndPoint(isIpv6 ? IPAddress.IPv6Any : IPAddress.Any, Port));
        _sender = Open(lab, "alice", family);
        _sender.Connect(IPAddress.Parse(isIpv6 ? "2001:db8::2" : "203.0.113.2"), Port);
        new Thread(Receive) { IsBackground = true }.Start();
    }

    public RouterRound Run(TimeSpan duration, int? router)
    {
        var (cpu, watch) = (router is { } id ? CpuTime.OfProcess(id) : 0, Stopwatch.StartNew());
        var (before, sent) = (Interlocked.Read(ref _arrived), 0L);
        var lost = 0L;
        while (watch.Elapsed < duration)
        {
            if (sent - lost - (Interlocked.Read(ref _arrived) - before) < MostUnderWay)
            {
                _sender.Send(_payload);
                sent++;
            }
            else
            {
                lost += AwaitArrival();
            }
        }

        Thread.Sleep(Patience);
        return new(sent, Interlocked.Read(ref _arrived) - before, watch.Elapsed.TotalSeconds, router is { } process ? CpuTime.OfProcess(process) - cpu : null);
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    /// <summary>Returns how many to give up, since nothing comes any more.</summary>
    private int AwaitArrival()
    {
        var (before, watch) = (Interlocked.Read(ref _arrived), Stopwatch.StartNew());
        while (Interlocked.Read(ref _arrived) == before)
        {
            if (watch.Elapsed > Patience)
            {
                return MostUnderWay;
            }

            Thread.Sleep(0);
        }

        return 0;
    }

    private void Receive()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                _receiver.Receive(buffer);
                Interlocked.Increment(ref _arrived);
            }
        }
        catch (SocketException)
        {
            // The load is over.
        }
    }

    private static Socket Open(string lab, string host, AddressFamily family)
    {
        Socket? socket = null;
        var thread = new Thread(() =>
        {
            HostProgram.Enter(lab, host);
            socket = new(family, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = QueueBytes, SendBufferSize = QueueBytes };
        });
        thread.Start();
        thread.Join();
        return socket!;
    }
}
