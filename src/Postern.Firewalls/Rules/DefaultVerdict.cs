namespace Postern.Firewalls.Rules;

/// <summary>What becomes of flows between two zones that no rule is about.</summary>
/// <param name="From">Null for everywhere.</param>
/// <param name="To">Null for everywhere.</param>
/// <param name="Verdict">Accept, Drop or Reject.</param>
/// <param name="LogPrefix">What is written to the log; null for silence.</param>
public sealed record DefaultVerdict(Zone? From, Zone? To, Verdict Verdict, string? LogPrefix = null);
