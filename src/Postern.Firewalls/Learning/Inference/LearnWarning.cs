namespace Postern.Firewalls.Learning.Inference;

/// <summary>Why what was learnt may not be all, or may be too much.</summary>
/// <param name="Id">Stable, for programs.</param>
/// <param name="Sentence">For a person.</param>
public sealed record LearnWarning(string Id, string Sentence);
