namespace Postern.Lab.Grid;

/// <summary>The whole grid in a few numbers, in pairs.</summary>
public sealed record GridTotals(int Pairs, int Direct, int Relayed, int None, int Agrees, int Open, int Contradicts, int Alarmed)
{
    public static GridTotals Of(IReadOnlyList<GridPair> pairs)
    {
        return new(
            pairs.Count,
            Outcomes(GridOutcome.Direct), Outcomes(GridOutcome.Relayed), Outcomes(GridOutcome.None),
            Agreements(GridAgreement.Agrees), Agreements(GridAgreement.Open), Agreements(GridAgreement.Contradicts),
            pairs.Count(pair => pair.Alarms.Count > 0));

        int Outcomes(GridOutcome outcome) => pairs.Count(pair => pair.Outcome == outcome);
        int Agreements(GridAgreement agreement) => pairs.Count(pair => pair.Agreement == agreement);
    }
}
