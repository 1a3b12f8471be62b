namespace Postern.Firewalls.Rules;

/// <summary>Something that whoever loads the rules should know first.</summary>
/// <param name="Id">Stable: scripts may look for it.</param>
/// <param name="Rules">The rules that it is about; none where it is about an application.</param>
/// <param name="Sentence">What.</param>
/// <param name="Advice">What to do.</param>
public sealed record RuleWarning(string Id, IReadOnlyList<string> Rules, string Sentence, string Advice);
