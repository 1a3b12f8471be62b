namespace Postern.Firewalls.Catalogue;

/// <summary>What became of a text that should be a catalogue entry.</summary>
/// <param name="Application">Null where an issue is an error.</param>
/// <param name="Issues">Errors first.</param>
public sealed record EntryReading(Application? Application, IReadOnlyList<EntryIssue> Issues)
{
    public IEnumerable<EntryIssue> Errors => Issues.Where(issue => !issue.IsWarning);

    public IEnumerable<EntryIssue> Warnings => Issues.Where(issue => issue.IsWarning);
}
