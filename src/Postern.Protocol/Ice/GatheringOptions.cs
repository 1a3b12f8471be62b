namespace Postern.Protocol.Ice;

/// <summary>How patiently <see cref="Gathering"/> asks.</summary>
public sealed record GatheringOptions
{
    /// <summary>Least time between two new requests (RFC 8445 §14.2).</summary>
    public TimeSpan Ta { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Time to the first repeat; it doubles from there (RFC 8489 §6.2.1 says 500 ms).</summary>
    public TimeSpan Rto { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>With the default Rto: 0, 250, 750, 1750 and 3750 ms.</summary>
    public int Transmissions { get; init; } = 5;

    /// <summary>Rtos from the last transmission until the server is given up: 5 s in all by default.</summary>
    public int LastWait { get; init; } = 5;

    /// <summary>How often an answered request is made again, so that its NAT binding stays until a path is found (RFC 8445 §5.1.1.4); zero for never.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(15);
}
