namespace Postern.Firewalls.Formats;

/// <summary>A rule that the format cannot express exactly and that was left out.</summary>
/// <param name="RuleId">Which.</param>
/// <param name="Why">What the format lacks: one sentence.</param>
public sealed record FormatLoss(string RuleId, string Why);
