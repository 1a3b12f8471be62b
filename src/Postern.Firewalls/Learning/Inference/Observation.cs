namespace Postern.Firewalls.Learning.Inference;

/// <summary>How long was looked, and when the last new thing came to light: some needs show after days.</summary>
/// <param name="First">The first flow, as <see cref="Sighting.At"/>.</param>
/// <param name="Last">The last flow.</param>
/// <param name="Newest">When the youngest service of a rule was first seen.</param>
/// <param name="NewestRule">The rule's id.</param>
public sealed record Observation(long First, long Last, long Newest, string NewestRule)
{
    /// <summary>How long was looked.</summary>
    public TimeSpan Span => TimeSpan.FromMilliseconds(Last - First);

    /// <summary>How long nothing new has come.</summary>
    public TimeSpan Quiet => TimeSpan.FromMilliseconds(Last - Newest);

    internal static Observation? Of((long First, long Last)? span, IReadOnlyList<LearnedRule> rules)
    {
        var newest = rules.Where(rule => rule.Evidence.Newest != Sighting.NoTime).MaxBy(rule => rule.Evidence.Newest);
        return span is var (first, last) && newest is not null ? new(first, last, newest.Evidence.Newest, newest.Rule.Id) : null;
    }
}
