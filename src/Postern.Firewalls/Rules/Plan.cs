namespace Postern.Firewalls.Rules;

/// <summary>What the planner made of a request.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Policy">The rules.</param>
/// <param name="Notes">What it left out and why, what it took for granted.</param>
public sealed record Plan(PlanRequest Request, Policy Policy, IReadOnlyList<PlanNote> Notes);
