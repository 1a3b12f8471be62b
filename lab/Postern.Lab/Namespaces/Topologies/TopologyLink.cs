using Postern.Lab.Simulator;

namespace Postern.Lab.Namespaces.Topologies;

/// <summary>One direction of a link, as a topology describes it.</summary>
public sealed record TopologyLink
{
    /// <summary>Milliseconds.</summary>
    public double Delay { get; init; }

    /// <summary>Milliseconds; standard deviation of what comes on top.</summary>
    public double Jitter { get; init; }

    /// <summary>Share of packets, 0 to 1.</summary>
    public double Loss { get; init; }

    public double Duplication { get; init; }

    public double Reordering { get; init; }

    /// <summary>Milliseconds by which a packet is late that others overtake, and a copy behind its original.</summary>
    public double ReorderingDelay { get; init; } = LinkRules.Perfect.ReorderingDelay.TotalMilliseconds;

    /// <summary>Bits a second; 0 for no bound.</summary>
    public double Rate { get; init; }

    /// <summary>Bytes that wait for the rate.</summary>
    public int Queue { get; init; } = LinkRules.Perfect.Queue;

    public int Mtu { get; init; } = LinkRules.Perfect.Mtu;

    /// <summary>Routers on the way, each of which takes one from the time to live.</summary>
    public int Hops { get; init; }

    internal LinkRules Rules => new()
    {
        Delay = TimeSpan.FromMilliseconds(Delay),
        Jitter = TimeSpan.FromMilliseconds(Jitter),
        Loss = Loss,
        Duplication = Duplication,
        Reordering = Reordering,
        ReorderingDelay = TimeSpan.FromMilliseconds(ReorderingDelay),
        Rate = Rate,
        Queue = Queue,
        Mtu = Mtu,
        Hops = Hops,
    };

    /// <summary>What of it the kernel cannot do; null where it does all of it (it has no netem, but every interface has an MTU).</summary>
    internal string? BeyondKernel =>
        Delay > 0 || Jitter > 0 ? "delay" : Loss > 0 ? "loss" : Duplication > 0 ? "duplication" : Reordering > 0 ? "reordering" : Rate > 0 ? "a rate" : Hops > 0 ? "hops" : null;

    /// <summary>One sentence of what is wrong; null where nothing is.</summary>
    internal string? Fault =>
        !(Delay is >= 0 and <= 60_000 && Jitter is >= 0 and <= 60_000 && ReorderingDelay is >= 0 and <= 60_000) ? "times are 0 to 60,000 ms."
        : !(Loss is >= 0 and <= 1 && Duplication is >= 0 and <= 1 && Reordering is >= 0 and <= 1) ? "shares are 0 to 1."
        : !(Rate is 0 or (>= 1000 and <= 1e12)) ? "the rate is 0 or 1,000 bits a second and more."
        : Queue < 1500 ? "the queue holds 1,500 bytes at least."
        : Mtu is < 1280 or > 1500 ? "the MTU is 1,280 to 1,500 bytes (less than 1,280 no IPv6 link may have)."
        : Hops is < 0 or > 60 ? "there are 0 to 60 hops."
        : null;
}
