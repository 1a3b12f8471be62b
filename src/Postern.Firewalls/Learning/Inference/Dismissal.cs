namespace Postern.Firewalls.Learning.Inference;

/// <summary>Flows for which nothing is proposed.</summary>
/// <param name="Why">One sentence.</param>
/// <param name="Flows">How many.</param>
/// <param name="Example">One of them.</param>
public sealed record Dismissal(string Why, long Flows, string Example);
