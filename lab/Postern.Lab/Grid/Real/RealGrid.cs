using Postern.Lab.Namespaces;

namespace Postern.Lab.Grid.Real;

/// <summary>Lets programs meet for real, a few pairs at a time, and puts that beside what the simulator said. Needs root.</summary>
public static class RealGrid
{
    /// <param name="report">A grid that has the plan's pairs.</param>
    /// <param name="plan">Who meets.</param>
    /// <param name="finished">Called after each meeting, from several threads.</param>
    /// <param name="stop">Ends it early, with everything removed: <see cref="OperationCanceledException"/>.</param>
    public static GridReport Run(GridReport report, RealPlan plan, Action<GridPair>? finished = null, CancellationToken stop = default)
    {
        var peers = plan.Peers.Select(RealPeers.Of).ToArray();
        var work = plan.Pairs.SelectMany(pair => peers.Select(peer => (Pair: pair, Peer: peer))).ToArray();
        var met = new (string One, string Other, GridMeeting Meeting)[work.Length];
        var last = -1;
        // Threads of their own: they wait a lot, and those of the pool are to read what the programs say.
        var threads = Enumerable.Range(0, plan.Workers).Select(_ => Task.Factory.StartNew(MeetInTurn, stop, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        Task.WhenAll(threads).GetAwaiter().GetResult();
        return new GridMeetings { Peers = [.. peers.Select(peer => peer.Describe())], Met = met }.Into(report);

        void MeetInTurn()
        {
            while (Interlocked.Increment(ref last) is var number && number < work.Length)
            {
                stop.ThrowIfCancellationRequested();
                var (pair, peer) = work[number];
                met[number] = (pair.One, pair.Other, Meet(plan, peer, pair, $"grid-{Environment.ProcessId}-{number}", stop));
                finished?.Invoke(report.Pairs.First(cell => cell.One == pair.One && cell.Other == pair.Other));
            }
        }
    }

    /// <summary>Each has a laboratory of its own: what one program left in a box would be in the way of the next.</summary>
    private static GridMeeting Meet(RealPlan plan, IRealPeer peer, (string One, string Other) pair, string lab, CancellationToken stop)
    {
        try
        {
            using var network = RealNetwork.Up(plan, lab, pair, stop);
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
