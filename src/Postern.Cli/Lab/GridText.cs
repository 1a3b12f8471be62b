using System.Globalization;
using System.Text.Json.Nodes;
using Postern.Cli.Terminal;
using Postern.Lab.Grid;
using Postern.Lab.Grid.Real;

namespace Postern.Cli.Lab;

/// <summary>A grid that has been run, in a few lines.</summary>
internal static class GridText
{
    public static void Say(GridReport report, TimeSpan took, string json, string page, Output output)
    {
        var totals = report.Totals;
        output.Line(string.Create(CultureInfo.InvariantCulture, $"{Counted.Of(totals.Pairs, "pair")} of {Counted.Of(report.Boxes.Count, "box", "boxes")} in {took.TotalSeconds:0.0} s: {totals.Direct} direct, {totals.Relayed} relayed, {totals.None} without a path."));
        output.Line($"The forecast came true for {Counted.Of(totals.Agrees, "pair")}, left {totals.Open} open, and was wrong for {totals.Contradicts}.");
        foreach (var pair in report.Pairs.Where(pair => pair.Agreement == GridAgreement.Contradicts))
        {
            output.Line($"  {pair.One} calls {pair.Other}: {pair.Contradiction}");
        }

        foreach (var peer in report.Peers ?? [])
        {
            SayMeetings(report, peer, output);
        }

        output.Line($"Look at {page}; {json} has the same for programs.");
        output.Object(new JsonObject
        {
            ["pairs"] = totals.Pairs,
            ["direct"] = totals.Direct,
            ["relayed"] = totals.Relayed,
            ["none"] = totals.None,
            ["agrees"] = totals.Agrees,
            ["open"] = totals.Open,
            ["contradicts"] = totals.Contradicts,
            ["seconds"] = Math.Round(took.TotalSeconds, 1),
            ["json"] = json,
            ["page"] = page,
        });
    }

    private static void SayMeetings(GridReport report, GridPeer peer, Output output)
    {
        var met = report.Pairs.SelectMany(pair => (pair.Meetings ?? []).Where(meeting => meeting.Peer == peer.Name).Select(meeting => (Pair: pair, Meeting: meeting))).ToArray();
        output.Line($"{peer.Title}, {Counted.Of(met.Length, "pair")}: {Count(GridOutcome.Direct)} direct, {Count(GridOutcome.Relayed)} relayed, {Count(GridOutcome.None)} without a path.");
        foreach (var (pair, meeting) in met.Where(entry => entry.Meeting.Outcome != entry.Pair.Outcome))
        {
            output.Line($"  {pair.One} calls {pair.Other}: {meeting.Outcome}{(meeting.Trouble is { } trouble ? $" ({trouble})" : "")}, ours in the simulator {pair.Outcome}.");
        }

        int Count(GridOutcome outcome) => met.Count(entry => entry.Meeting.Outcome == outcome);
    }
}
