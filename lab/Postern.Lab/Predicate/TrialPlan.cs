using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Simulator;

namespace Postern.Lab.Predicate;

/// <summary>One world to try: what stands in it and what happens in it.</summary>
public sealed record TrialPlan
{
    public required PairOptions Pair { get; init; }

    /// <summary>When the server is killed, after the call began; null for never.</summary>
    public TimeSpan? ServerFails { get; init; }

    /// <summary>How long the server is away.</summary>
    public TimeSpan ServerAway { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>When the boxes before the caller forget everything; null for never.</summary>
    public TimeSpan? RouterRestarts { get; init; }

    /// <summary>How long the outcome may take after the last of these.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    public override string ToString() =>
        $"{Name(Pair.One)} and {Name(Pair.Other)}{(Pair.ShareOutermost ? " behind one box" : "")}{(Pair.HasIpv6 ? ", IPv6" : "")}, "
        + $"loss {Pair.Link.Loss:0.000}, {Pair.ToMiddle.TotalMilliseconds:0} ms{(ServerFails is null ? "" : ", server fails")}{(RouterRestarts is null ? "" : ", router restarts")}";

    private static string Name(BoxDescription description) => description.Id == "drawn" ? BoxDescriptionJson.Write(description) : description.Id;
}
