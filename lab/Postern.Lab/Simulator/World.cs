using Postern.Lab.Boxes;
using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator;

/// <summary>
/// An internet in virtual time, from one seed: networks inside networks, each behind its box and link, and hosts in them. One
/// thread, no clock: time is what happens next. The same seed gives the same packets.
/// </summary>
public sealed class World
{
    private readonly PriorityQueue<Action, (long At, long Number)> _agenda = new();
    private readonly List<IHost> _hosts = [];
    private long _number;
    private long _packets;

    /// <param name="random">From one seed: every chance of the world comes from it.</param>
    public World(IRandom random)
    {
        Random = random;
        Internet = new(this, "internet", null);
    }

    /// <summary>Well after zero, so that no machine mistakes the beginning for "never happened".</summary>
    public Instant Now { get; private set; } = Instant.FromMilliseconds(1000);

    public IRandom Random { get; }

    /// <summary>The outermost network.</summary>
    public Network Internet { get; }

    /// <summary>Sees every packet wherever something happens to it.</summary>
    public Action<Sighting>? Tap { get; set; }

    /// <summary>Does something later.</summary>
    public void At(TimeSpan after, Action action) => At(Now + after, action);

    public void At(Instant when, Action action) => _agenda.Enqueue(action, (when.Ticks, _number++));

    /// <summary>Runs until the condition holds; false when the limit, or the end of all events, came first.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var end = Now + limit;
        while (!condition())
        {
            var host = Soonest(out var deadline);
            var due = _agenda.TryPeek(out _, out var key) ? new Instant(key.At) : Instant.Never;
            if (Instant.Min(deadline, due) > end)
            {
                Now = end;
                return condition();
            }

            Now = Instant.Max(Now, Instant.Min(deadline, due));
            if (due <= deadline)
            {
                _agenda.Dequeue()();
            }
            else
            {
                host!.HandleDeadline(Now);
            }
        }

        return true;
    }

    public void Run(TimeSpan span) => RunUntil(() => false, span);

    internal void Add(IHost host) => _hosts.Add(host);

    internal Packet Make(PacketHeader header, ReadOnlyMemory<byte> payload) => new(header, payload, ++_packets);

    internal void See(string place, SightingKind kind, Packet packet, in PacketHeader header, DropReason reason = DropReason.None) =>
        Tap?.Invoke(new(Now, place, kind, packet, header, reason));

    // A world has a handful of hosts; looking at each is faster than keeping a heap in order.
    private IHost? Soonest(out Instant deadline)
    {
        IHost? soonest = null;
        deadline = Instant.Never;
        foreach (var host in _hosts)
        {
            if (host.NextDeadline is var next && next < deadline)
            {
                (soonest, deadline) = (host, next);
            }
        }

        return soonest;
    }
}
