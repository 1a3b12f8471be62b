using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>What a log taught.</summary>
public sealed record LearnReport
{
    /// <summary>In the order in which they are to stand.</summary>
    public required IReadOnlyList<LearnedRule> Rules { get; init; }

    /// <summary>The same as a policy that drops all else.</summary>
    public required Policy Policy { get; init; }

    public required Coverage Coverage { get; init; }

    public required IReadOnlyList<Dismissal> Dismissed { get; init; }

    /// <summary>Null where the log does not say when.</summary>
    public required Observation? Observation { get; init; }

    public required IReadOnlyList<LearnWarning> Warnings { get; init; }

    /// <summary>What the rules were learnt from.</summary>
    internal IReadOnlyList<FlowGroup> Groups { get; init; } = [];

    /// <summary>Where that was.</summary>
    internal ZoneFinder? Places { get; init; }

    /// <summary>The applications of the catalogue that explain some of it, the one with most flows first.</summary>
    public IReadOnlyList<string> Applications =>
        [.. Rules.Where(rule => rule.Match is not null).GroupBy(rule => rule.Match!.Application.Id).OrderByDescending(same => same.Sum(rule => rule.Evidence.Flows)).Select(same => same.Key)];
}
