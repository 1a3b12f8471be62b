using Postern.Lab.Boxes;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Namespaces.Tracing;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Routing;

/// <summary>
/// Our own box and links between two TUN devices, one on each side, in the network namespace of this process: one thread, which
/// sleeps until a packet comes, one is due, or a watcher asks.
/// </summary>
public sealed class TunRouter : IPacketSink, IDisposable
{
    /// <summary>The devices' names inside the router.</summary>
    public const string InnerDevice = "inner";

    public const string OuterDevice = "outer";

    /// <summary>The kernel forwards from the cable into the device, and out of the device onto the cable: one each.</summary>
    public const int KernelHops = 1;

    private const int PacketsPerTurn = 64; // then the other side, and what is due, has its turn
    private const int LargestPacket = 65536;
    private const long NanosecondsPerTick = 100;

    private readonly TunDevice _inner = new(InnerDevice);
    private readonly TunDevice _outer = new(OuterDevice);
    private readonly RouterTap _tap;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(LargestPacket, pinned: true);
    private Libc.PollEntry[] _entries = [];

    /// <param name="box">What stands between the sides.</param>
    /// <param name="up">From inside to outside.</param>
    /// <param name="down">From outside to inside.</param>
    /// <param name="random">The links' luck.</param>
    /// <param name="tapFolder">Where watchers find their sockets; null for none.</param>
    /// <param name="name">The router's name, of which the sockets' are made.</param>
    public TunRouter(IBox box, LinkRules up, LinkRules down, IRandom random, string? tapFolder = null, string name = "router")
    {
        _tap = new RouterTap(tapFolder, name);
        Gateway = new(box, new(up, random), new(down, random), this, KernelHops, _tap);
    }

    public PacketGateway Gateway { get; }

    /// <summary>Carries packets until it is told to stop; that is looked at whenever something happens, and once a second.</summary>
    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Wait();
            Turn(_inner, isInner: true);
            Turn(_outer, isInner: false);
            _tap.Serve();
            Gateway.HandleDeadline(MonotonicClock.Now); // which tells the box whether it is watched
        }
    }

    void IPacketSink.Send(RouterSide side, ReadOnlySpan<byte> packet) => _ = (side == RouterSide.Inner ? _inner : _outer).Write(packet);

    public void Dispose()
    {
        _inner.Dispose();
        _outer.Dispose();
        _tap.Dispose();
    }

    private void Turn(TunDevice device, bool isInner)
    {
        for (var i = 0; i < PacketsPerTurn; i++)
        {
            var length = device.Read(_buffer);
            if (length == 0)
            {
                return;
            }

            if (isInner)
            {
                Gateway.FromInside(_buffer.AsSpan(0, length), MonotonicClock.Now);
            }
            else
            {
                Gateway.FromOutside(_buffer.AsSpan(0, length), MonotonicClock.Now);
            }
        }
    }

    /// <summary>Until a device can be read, a watcher moves, or the next deadline.</summary>
    private unsafe void Wait()
    {
        var count = 2 + _tap.Count;
        if (_entries.Length < count)
        {
            _entries = GC.AllocateArray<Libc.PollEntry>(count * 2, pinned: true);
        }

        _entries[0] = new() { Descriptor = _inner.Descriptor, Wanted = Libc.CanRead };
        _entries[1] = new() { Descriptor = _outer.Descriptor, Wanted = Libc.CanRead };
        _tap.Fill(_entries.AsSpan(2, count - 2));
        var patience = Math.Clamp((Gateway.NextDeadline - MonotonicClock.Now).Ticks, 0, TimeSpan.TicksPerSecond);
        var timeout = new Libc.Timespec
        {
            Seconds = (nint)(patience / TimeSpan.TicksPerSecond),
            Nanoseconds = (nint)(patience % TimeSpan.TicksPerSecond * NanosecondsPerTick),
        };
        fixed (Libc.PollEntry* entries = _entries)
        {
            _ = Libc.Poll(entries, (nuint)count, &timeout, null); // a signal or an error wakes it up early, which does no harm
        }
    }
}
