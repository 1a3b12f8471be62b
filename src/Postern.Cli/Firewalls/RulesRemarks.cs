using System.Globalization;
using Postern.Firewalls.Rules;

namespace Postern.Cli.Firewalls;

/// <summary>What is said beside the rules: sizes, what was left out or taken for granted, warnings.</summary>
internal static class RulesRemarks
{
    public static IEnumerable<string> Of(Plan plan, IReadOnlyList<RuleWarning> warnings)
    {
        var size = HoleSize.Of(plan.Policy);
        if (size.Parts.Count > 0)
        {
            yield return $"open: {string.Join(", ", size.Parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{Name(part.Version)} {part.Protocol.Word()} 2^{part.Bits:0.0}")))}";
        }

        foreach (var (note, flows) in Together(plan.Notes))
        {
            yield return $"{Word(note.Kind)}: {flows}: {note.Sentence}";
        }

        foreach (var warning in warnings)
        {
            yield return $"warning: {warning.Sentence} {warning.Advice} [{warning.Id}]";
        }
    }

    /// <summary>One line for all flows of which the same is to be said.</summary>
    private static IEnumerable<(PlanNote Note, string Flows)> Together(IEnumerable<PlanNote> notes) =>
        notes.GroupBy(note => (note.Kind, note.Sentence)).Select(group => (group.First(), string.Join(", ", group.Select(note => note.Flow).Distinct())));

    private static string Word(PlanNoteKind kind) => kind switch
    {
        PlanNoteKind.CannotForward or PlanNoteKind.Unrefused => "left out",
        PlanNoteKind.Precondition => "taken for granted",
        _ => "note",
    };

    private static string Name(IpVersion version) => version == IpVersion.V4 ? "IPv4" : "IPv6";
}
