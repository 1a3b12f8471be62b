namespace Postern.Protocol.Reasons;

/// <summary>Every reason that forecasts, plans and reports name. Each has a page in docs/reasons.</summary>
public static class ReasonCatalogue
{
    /// <summary>In the order of the index.</summary>
    public static IReadOnlyList<Reason> All { get; } = [.. PathReasons.All, .. PunchReasons.All, .. PredictionReasons.All, .. NetworkReasons.All];

    private static readonly Dictionary<string, Reason> ById = All.ToDictionary(reason => reason.Id);

    /// <summary>Throws where there is no such reason: whoever names one adds it here.</summary>
    public static Reason Of(string id) => Find(id) ?? throw new ArgumentException($"There is no reason '{id}'.", nameof(id));

    public static Reason? Find(string id) => ById.GetValueOrDefault(id);
}
