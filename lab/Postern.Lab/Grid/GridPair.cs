using Postern.Lab.Grid.Ladders;
using Postern.Lab.Grid.Real;
using Postern.Protocol.Ice;
using Postern.Sessions.Calls;

namespace Postern.Lab.Grid;

/// <summary>One cell: what came of one box calling another.</summary>
public sealed record GridPair
{
    /// <summary>The caller's box.</summary>
    public required string One { get; init; }

    /// <summary>The callee's box.</summary>
    public required string Other { get; init; }

    /// <summary>What came of most worlds; the better where they are equal.</summary>
    public required GridOutcome Outcome { get; init; }

    /// <summary>The caller's path at the end of most worlds; null for none.</summary>
    public PathKind? Path { get; init; }

    /// <summary>In how many worlds which path was reached, "None" for none.</summary>
    public required IReadOnlyDictionary<string, int> Paths { get; init; }

    public required GridForecast Forecast { get; init; }

    public required GridAgreement Agreement { get; init; }

    /// <summary>Of the first world that contradicts the forecast: its seed and a sentence.</summary>
    public string? Contradiction { get; init; }

    /// <summary>Milliseconds from the offer to the first encrypted byte that could flow, on the later side.</summary>
    public GridFigure? FirstByte { get; init; }

    /// <summary>Milliseconds from the offer to the direct path, on the later side.</summary>
    public GridFigure? Direct { get; init; }

    /// <summary>Datagrams that both peers sent, from the offer until a direct path or the end of patience.</summary>
    public required GridFigure PacketsSent { get; init; }

    /// <summary>Different endpoints that both peers sent to, the server's left out.</summary>
    public required GridFigure EndpointsProbed { get; init; }

    /// <summary>Only guards that raised one.</summary>
    public required IReadOnlyList<GridAlarms> Alarms { get; init; }

    /// <summary>The caller's, of the first world; null where no call could be made.</summary>
    public ConnectReport? Report { get; init; }

    /// <summary>The same pair with other programs, or with ours for real, each at most once; absent where that was not asked for.</summary>
    public IReadOnlyList<GridMeeting>? Meetings { get; init; }

    /// <summary>Other products' published schedules between the same boxes; absent where none was asked for.</summary>
    public IReadOnlyList<GridComparison>? Comparisons { get; init; }

    /// <summary>The packets of the first world.</summary>
    public required Ladder Ladder { get; init; }
}
