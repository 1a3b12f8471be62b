using Postern.Protocol.Ice;
using Postern.Protocol.Nat;

namespace Postern.Lab.Predicate;

/// <summary>What came of a trial, beside what was foretold.</summary>
public sealed record TrialOutcome
{
    public required TrialPlan Plan { get; init; }

    /// <summary>What the forecast says of the boxes.</summary>
    public required IReadOnlyList<ForecastPath> Forecast { get; init; }

    /// <summary>Of any path that leads over no relay.</summary>
    public double OddsOfDirect => Postern.Protocol.Nat.Forecast.OddsOfDirect(Forecast);

    /// <summary>Of any path: those of the likeliest, as what shuts out one may shut out all.</summary>
    public double OddsOfConnecting => Forecast.Where(path => path.Kind == ForecastKind.Relayed).Select(path => path.Odds).Append(OddsOfDirect).Max();

    /// <summary>Whether both could talk within the patience, and at its end; at some time is enough where a guard may ban everything of a call that stands.</summary>
    public required bool Connected { get; init; }

    /// <summary>Whether both had a path within the patience that leads over no relay.</summary>
    public required bool Direct { get; init; }

    /// <summary>The caller's path at the end; null for none.</summary>
    public PathKind? Path { get; init; }

    /// <summary>From the offer to the first encrypted byte that could flow in the last call, on the later side; null where none could.</summary>
    public TimeSpan? FirstByteAfter { get; init; }

    /// <summary>From the offer to the direct path, on the later side; null where there was none.</summary>
    public TimeSpan? DirectAfter { get; init; }

    /// <summary>Datagrams that both peers sent, from the offer on.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Destination endpoints that the peers' datagrams opened in their boxes, the server's own left out.</summary>
    public int EndpointsProbed { get; init; }

    public int Alarms { get; init; }

    /// <summary>One sentence where the outcome contradicts the forecast; null where they agree, or where the odds leave it open.</summary>
    public string? Contradiction { get; init; }
}
