using Postern.Lab.Grid;
using Postern.Protocol.Nat;

namespace Postern.Lab.Predicate.Cells;

/// <summary>What came of a cell.</summary>
public sealed record CellFigures
{
    public required Cell Cell { get; init; }

    public required int Worlds { get; init; }

    /// <summary>Worlds in which both sides' data took a direct path.</summary>
    public required int Direct { get; init; }

    /// <summary>What the forecast gives for that.</summary>
    public required double Foretold { get; init; }

    /// <summary>Seconds from the offer to the validated direct path, over the worlds that became direct.</summary>
    public required GridFigure? DirectAfter { get; init; }

    /// <summary>Seconds from the offer to the first byte.</summary>
    public required GridFigure? FirstByteAfter { get; init; }

    /// <summary>Destination endpoints that both peers opened.</summary>
    public required GridFigure? Endpoints { get; init; }

    /// <summary>Datagrams that both peers sent, from the offer on.</summary>
    public required GridFigure? Packets { get; init; }

    /// <summary>The same, over the worlds that became direct and until they did.</summary>
    public required GridFigure? PacketsOfSuccess { get; init; }

    /// <summary>Alarms of all guards by name, over all worlds.</summary>
    public required IReadOnlyDictionary<string, int> Alarms { get; init; }

    /// <summary>Seeds that did not become direct, the first few.</summary>
    public required IReadOnlyList<ulong> Relayed { get; init; }

    public double Share => (double)Direct / Worlds;

    public override string ToString() =>
        $"{Cell}: {Direct}/{Worlds} direct (foretold {Foretold:0.000}), p50 {DirectAfter?.P50:0.000} p95 {DirectAfter?.P95:0.000} s, "
        + $"endpoints p50 {Endpoints?.P50:0} p95 {Endpoints?.P95:0}, packets p50 {Packets?.P50:0}, first byte p50 {FirstByteAfter?.P50:0.000} s"
        + (Alarms.Count == 0 ? "" : $", alarms: {string.Join(", ", Alarms.Select(alarm => $"{alarm.Key} {alarm.Value}"))}")
        + (Relayed.Count == 0 ? "" : $", relayed: seeds {string.Join(' ', Relayed)}");
}
