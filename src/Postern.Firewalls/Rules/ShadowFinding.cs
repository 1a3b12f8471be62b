namespace Postern.Firewalls.Rules;

/// <summary>One thing that is wrong with the order or the width of rules.</summary>
/// <param name="Kind">What.</param>
/// <param name="RuleId">The rule; null for a default.</param>
/// <param name="Others">The rules that it hides, or that hide it.</param>
public sealed record ShadowFinding(ShadowKind Kind, string? RuleId, IReadOnlyList<string> Others)
{
    public string Sentence => Kind switch
    {
        ShadowKind.NeverReached when Others.Count == 0 => $"{RuleId} is about no packet at all.",
        ShadowKind.NeverReached => $"{RuleId} is never reached: {string.Join(", ", Others)} decide before it.",
        ShadowKind.LogMasks => $"{RuleId} writes to the log and hides {string.Join(", ", Others)}: it belongs after them.",
        ShadowKind.DropHidesReject => $"{RuleId} drops what {string.Join(", ", Others)} would refuse: whoever asks waits for an answer.",
        ShadowKind.Wider => $"{RuleId ?? "The default"} lets more pass than the applications need.",
        ShadowKind.DropForReject => $"{RuleId ?? "The default"} drops what {string.Join(", ", Others)} must be refused: the application waits for an answer.",
        _ => throw new InvalidOperationException($"Unknown kind {Kind}."),
    };
}
