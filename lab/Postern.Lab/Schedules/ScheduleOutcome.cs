namespace Postern.Lab.Schedules;

/// <summary>What came of a schedule in one world.</summary>
public sealed record ScheduleOutcome
{
    public required ulong Seed { get; init; }

    /// <summary>What the product did, as it calls it: "mode 2", "hard to cone"; "none" for nothing.</summary>
    public required string Method { get; init; }

    /// <summary>Attempts begun, or rounds, as the product counts them.</summary>
    public required int Attempts { get; init; }

    /// <summary>From the wish to connect to the first completed round trip; null where none was completed.</summary>
    public TimeSpan? DirectAfter { get; init; }

    /// <summary>Different endpoints that a side has sent to, the servers' left out: of both sides, and of the one that sent to more.</summary>
    public required int PortsProbed { get; init; }

    public required int MostPortsProbed { get; init; }

    /// <summary>Sockets of both sides.</summary>
    public required int Sockets { get; init; }

    /// <summary>Pairs of socket and destination of both sides: what the routers have to remember.</summary>
    public required int Flows { get; init; }

    /// <summary>Datagrams of both sides.</summary>
    public required int Packets { get; init; }

    /// <summary>Alarms by side ("caller", "callee") and guard, those of the boxes' own guards included.</summary>
    public required IReadOnlyDictionary<(string Side, string Guard), int> Alarms { get; init; }
}
