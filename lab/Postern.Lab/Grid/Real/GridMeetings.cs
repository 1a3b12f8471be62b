using System.Text.Json;
using Postern.Lab.Namespaces;

namespace Postern.Lab.Grid.Real;

/// <summary>Meetings of any programs, to be put beside the cells of a grid.</summary>
public sealed record GridMeetings
{
    public required IReadOnlyList<GridPeer> Peers { get; init; }

    /// <summary>Behind which boxes, and what came of it.</summary>
    public required IReadOnlyList<(string One, string Other, GridMeeting Meeting)> Met { get; init; }

    /// <summary>Those of a <c>grid.json</c> that was written earlier; throws <see cref="LabException"/> where it is none.</summary>
    public static GridMeetings Read(string json)
    {
        try
        {
            var grid = GridJson.Read(json);
            return grid is { Format: >= 1 and <= GridReport.LatestFormat, Pairs: not null } // the first had everything in full
                ? new() { Peers = [.. (grid.Peers ?? []).OfType<GridPeer>()], Met = [.. grid.Pairs.OfType<EarlierPair>().SelectMany(MetIn)] }
                : throw new LabException($"It is no grid.json of a format up to {GridReport.LatestFormat}.");
        }
        catch (JsonException e)
        {
            throw new LabException($"It is no grid.json: line {(e.LineNumber ?? 0) + 1} cannot be read.", e);
        }
    }

    /// <summary>Adds those for which the grid has a cell, and in it nothing of the same program yet.</summary>
    public GridReport Into(GridReport report)
    {
        var met = Met.ToLookup(entry => (entry.One, entry.Other), entry => entry.Meeting);
        var pairs = report.Pairs.Select(pair => With(pair, met[(pair.One, pair.Other)])).ToArray();
        var named = pairs.SelectMany(pair => pair.Meetings ?? []).Select(meeting => meeting.Peer).ToHashSet();
        var peers = (report.Peers ?? []).Concat(Peers).DistinctBy(peer => peer.Name).Where(peer => named.Contains(peer.Name)).ToArray();
        return report with { Pairs = pairs, Peers = peers.Length == 0 ? null : peers };
    }

    private static IEnumerable<(string One, string Other, GridMeeting Meeting)> MetIn(EarlierPair pair) =>
        (pair.Meetings ?? []).OfType<GridMeeting>().Select(meeting => (pair.One, pair.Other, meeting));

    private static GridPair With(GridPair pair, IEnumerable<GridMeeting> met)
    {
        var all = (pair.Meetings ?? []).Concat(met).DistinctBy(meeting => meeting.Peer).ToArray();
        return all.Length == 0 ? pair : pair with { Meetings = all };
    }
}
