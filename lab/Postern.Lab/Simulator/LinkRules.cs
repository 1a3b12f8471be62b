namespace Postern.Lab.Simulator;

/// <summary>One direction of a link.</summary>
public sealed record LinkRules
{
    public static readonly LinkRules Perfect = new();

    public TimeSpan Delay { get; init; }

    /// <summary>Standard deviation of what comes on top of the delay; packets stay in order.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Share of packets that are lost.</summary>
    public double Loss { get; init; }

    /// <summary>Share of packets that arrive twice.</summary>
    public double Duplication { get; init; }

    /// <summary>Share of packets that are overtaken by what is sent within <see cref="ReorderingDelay"/> after them.</summary>
    public double Reordering { get; init; }

    public TimeSpan ReorderingDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Bits a second; 0 for no bound.</summary>
    public double Rate { get; init; }

    /// <summary>Bytes that wait where the rate does not suffice; what comes on top is lost.</summary>
    public int Queue { get; init; } = 256 << 10;

    /// <summary>The largest IP packet in bytes (RFC 894: Ethernet).</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>Routers on the way, each of which takes one from the time to live.</summary>
    public int Hops { get; init; }

    /// <summary>A cable that is cut.</summary>
    public bool IsDown { get; init; }
}
