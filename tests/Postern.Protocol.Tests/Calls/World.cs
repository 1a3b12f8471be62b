using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Calls;

/// <summary>
/// A small internet in virtual time, from one seed: sites hang on one core, each by a link with its own delay. A datagram from
/// one site to another passes its own NAT box, the core (one hop) and the other's NAT box.
/// </summary>
internal sealed class World(ulong seed)
{
    private readonly PriorityQueue<Action, (long At, long Number)> _agenda = new();
    private readonly List<Site> _sites = [];
    private long _number;

    public Instant Now { get; private set; } = Instant.FromMilliseconds(1000);

    public SeededRandom Random { get; } = new(seed);

    /// <summary>The share of datagrams that the core loses.</summary>
    public double Loss { get; set; }

    /// <summary>Sees every datagram that reaches the core.</summary>
    public Action<Packet>? Tap { get; set; }

    /// <summary>Hops to the core; a datagram that lives no longer dies there.</summary>
    public int HopsToCore { get; set; } = 2;

    /// <summary>Decides whether the core drops a datagram.</summary>
    public Func<Packet, bool>? Blocked { get; set; }

    public Site AddSite(TimeSpan toCore, NatBox? nat = null)
    {
        var site = new Site(this, toCore, nat);
        _sites.Add(site);
        return site;
    }

    public void At(TimeSpan after, Action action) => _agenda.Enqueue(action, ((Now + after).Ticks, _number++));

    /// <summary>Runs until the condition holds; false when the limit (or the end of all events) came first.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var end = Now + limit;
        while (!condition())
        {
            var deadline = NextDeadline(out var node);
            var agenda = _agenda.TryPeek(out _, out var key) ? new Instant(key.At) : Instant.Never;
            var next = Instant.Min(deadline, agenda);
            if (next > end)
            {
                Now = end;
                return condition();
            }

            Now = Instant.Max(Now, next);
            if (agenda <= deadline)
            {
                _agenda.Dequeue()();
            }
            else
            {
                node!.HandleDeadline(Now);
            }
        }

        return true;
    }

    public void Run(TimeSpan span) => RunUntil(() => false, span);

    /// <summary>Takes a datagram at the core and brings it to the site that has its destination.</summary>
    public void Route(Packet packet, Site from)
    {
        Tap?.Invoke(packet);
        if (packet.TimeToLive <= HopsToCore || Blocked?.Invoke(packet) == true || (Loss > 0 && Random.NextDouble() < Loss))
        {
            return;
        }

        foreach (var site in _sites)
        {
            if (site.Owns(packet.Destination.Address))
            {
                At(from.ToCore + site.ToCore, () => site.HandleInbound(packet));
                return;
            }
        }
    }

    private Instant NextDeadline(out INode? first)
    {
        first = null;
        var next = Instant.Never;
        foreach (var site in _sites)
        {
            foreach (var node in site.Nodes)
            {
                if (node.NextDeadline < next)
                {
                    (first, next) = (node, node.NextDeadline);
                }
            }
        }

        return next;
    }
}
