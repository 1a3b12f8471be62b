namespace Postern.Firewalls.Catalogue;

/// <summary>One thing that is wrong with a catalogue entry, or that its writer should look at again.</summary>
/// <param name="Path">The property, as <c>flows[2].dst</c>; empty for the entry as a whole.</param>
/// <param name="Sentence">What is wrong with it.</param>
/// <param name="IsWarning">The entry can be used all the same.</param>
public sealed record EntryIssue(string Path, string Sentence, bool IsWarning = false)
{
    public override string ToString() => Path.Length > 0 ? $"{Path}: {Sentence}" : Sentence;
}
