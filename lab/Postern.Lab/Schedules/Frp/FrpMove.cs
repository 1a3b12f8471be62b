namespace Postern.Lab.Schedules.Frp;

/// <summary>What the server tells one side to do (frp, pkg/nathole/analysis.go).</summary>
internal sealed record FrpMove
{
    public required FrpRole Role { get; init; }

    /// <summary>Time to live of its probes; 0 for the usual one.</summary>
    public byte TimeToLive { get; init; }

    /// <summary>How long a sender waits before it begins.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>At most so many ports on either side of the one that was seen last; 0 for none.</summary>
    public int Range { get; init; }

    /// <summary>So many random ports, none of them twice; 0 for none.</summary>
    public int RandomPorts { get; init; }

    /// <summary>So many sockets more.</summary>
    public int Listens { get; init; }
}
