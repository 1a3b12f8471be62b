using Postern.Lab.Namespaces;

namespace Postern.Lab.Grid.Real;

/// <summary>Lets programs meet for real, one pair after the other, and puts that beside what the simulator said. Needs root.</summary>
public static class RealGrid
{
    /// <param name="report">A grid that has the plan's pairs.</param>
    /// <param name="plan">Who meets.</param>
    /// <param name="finished">Called after each meeting.</param>
    /// <param name="stop">Ends it early, with everything removed: <see cref="OperationCanceledException"/>.</param>
    public static GridReport Run(GridReport report, RealPlan plan, Action<GridPair>? finished = null, CancellationToken stop = default)
    {
        var peers = plan.Peers.Select(RealPeers.Of).ToArray();
        var met = new List<(string One, string Other, GridMeeting Meeting)>();
        foreach (var pair in plan.Pairs)
        {
            foreach (var peer in peers)
            {
                stop.ThrowIfCancellationRequested();
                met.Add((pair.One, pair.Other, Meet(plan, peer, pair, stop)));
                finished?.Invoke(report.Pairs.First(cell => cell.One == pair.One && cell.Other == pair.Other));
            }
        }

        return new GridMeetings { Peers = [.. peers.Select(peer => peer.Describe())], Met = met }.Into(report);
    }

    /// <summary>Each has a laboratory of its own: what one program left in a box would be in the way of the next.</summary>
    private static GridMeeting Meet(RealPlan plan, IRealPeer peer, (string One, string Other) pair, CancellationToken stop)
    {
        try
        {
            using var network = RealNetwork.Up(plan, $"grid-{Environment.ProcessId}", pair, stop);
            return peer.Meet(network);
        }
        catch (Exception e) when (e is LabException or TimeoutException or IOException or InvalidOperationException && !stop.IsCancellationRequested)
        {
            return GridMeeting.Failed(peer.Name, e.Message);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop); // whatever failed, failed because its processes were ended
        }
    }
}
