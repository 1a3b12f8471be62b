using System.Collections.Concurrent;

namespace Postern.Net.Tests.Lab.Prediction;

/// <summary>Ports that move, for real: two <c>postern</c> behind the boxes of the cells become direct as often as the simulator says. The long run appends its figures to <c>port-cells.txt</c> beside the tests' binaries.</summary>
public class PortCellTests
{
    private const int AtOnce = 3; // they wait more than they work
    private const int RunsOfOneLab = 10;

    public PortCellTests() => LabRun.Require();

    public static TheoryData<string> Cells => [.. PortCell.All.Select(cell => $"{cell}")];

    /// <summary>One of two may fall to the odds where these are not certain.</summary>
    [Theory]
    [MemberData(nameof(Cells))]
    [Trait("part", "net")]
    public void Two_calls_become_direct(string name)
    {
        var cell = PortCell.All.Single(cell => $"{cell}" == name);
        var meetings = Meet(cell, runs: 2);
        meetings.Count(meeting => meeting.IsDirect).ShouldBeGreaterThanOrEqualTo(cell.Least >= 19 ? 2 : 1, string.Join('\n', meetings));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    [Trait("part", "soak")]
    public void Of_twenty_calls_as_many_become_direct_as_the_cell_demands(string name)
    {
        var cell = PortCell.All.Single(cell => $"{cell}" == name);
        var meetings = Enumerable.Range(0, 20 / RunsOfOneLab).SelectMany(_ => Meet(cell, RunsOfOneLab)).ToArray();
        double[] direct = [.. meetings.Select(meeting => meeting.DirectAfter).OfType<double>().Order()];
        double[] first = [.. meetings.Select(meeting => meeting.FirstByteAfter).OfType<double>().Order()];
        File.AppendAllText(Path.Combine(AppContext.BaseDirectory, "port-cells.txt"), Figures(name, direct, first) + "\n");
        direct.Length.ShouldBeGreaterThanOrEqualTo(cell.Least, string.Join('\n', meetings.Where(meeting => !meeting.IsDirect)));
    }

    private static IReadOnlyList<PortMeeting> Meet(PortCell cell, int runs)
    {
        using var lab = new PortLab(cell, runs);
        var meetings = new ConcurrentBag<PortMeeting>();
        var next = -1;
        OwnThreads.Run(Enumerable.Range(0, Math.Min(AtOnce, runs)).Select(_ => (Action)(() =>
        {
            for (var pair = Interlocked.Increment(ref next); pair < runs; pair = Interlocked.Increment(ref next))
            {
                meetings.Add(lab.Meet(pair));
            }
        })));
        return [.. meetings];
    }

    private static string Figures(string name, double[] direct, double[] first) =>
        $"{name}: {direct.Length} of 20 direct, p50 {At(direct, 0.5):0.00} p95 {At(direct, 0.95):0.00} s; first byte p50 {At(first, 0.5):0.00} s";

    private static double At(double[] ordered, double share) => ordered.Length == 0 ? double.NaN : ordered[(int)Math.Ceiling(share * ordered.Length) - 1];
}
