using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Protocol.Nat;

namespace Postern.Cli.Lab;

/// <summary>A report's likeness to boxes of the catalogue, for people.</summary>
internal static class BoxLikeness
{
    /// <summary>One sentence; null where no box is like that, or too many are to mean anything.</summary>
    public static string? Of(NatReport report)
    {
        if (report.Family != IpFamily.V4 || !report.IsTranslated || BoxNaming.Of(report) is not [var likeliest, ..] || likeliest.Odds < 0.5)
        {
            return null;
        }

        // Guards and rows show no more than the NAT in them.
        var titles = likeliest.Ids.Select(id => BoxCatalogue.All[id]).Where(box => box is { Firewall: null, Row.Count: 0 }).Select(box => box.Title).ToArray();
        return titles.Length == 0 ? null : $"It behaves as this box of the laboratory does: {string.Join("; or: ", titles)}.";
    }
}
