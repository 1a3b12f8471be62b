using Postern.Lab.Predicate;
using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Data waits for no prediction, and loses nothing when one comes true.</summary>
public class RelayFirstTests
{
    [Theory]
    [InlineData("sequential-5", "linux", ProbeMode.Polite)]
    [InlineData("linux", "sequential-100", ProbeMode.Polite)]
    [InlineData("sequential-5", "sequential-5", ProbeMode.Polite)]
    [InlineData("sequential-20", "sequential-20", ProbeMode.Fast)]
    [InlineData("block-512", "linux", ProbeMode.Polite)]
    [InlineData("linux", "block-1024", ProbeMode.Polite)]
    [InlineData("block-2048", "linux", ProbeMode.Bold)]
    [InlineData("random", "linux", ProbeMode.Fast)]
    [InlineData("block-512", "block-512", ProbeMode.Fast)]
    [InlineData("random", "random", ProbeMode.Polite)]
    [InlineData("carrier-over-home", "carrier-over-home", ProbeMode.Polite)]
    [InlineData("linux", "carrier-over-home", ProbeMode.Polite)]
    [InlineData("sequential-5", "carrier-over-home", ProbeMode.Polite)]
    public void The_first_byte_comes_no_later_than_between_full_cones_that_are_held_to_the_relay(string one, string other, ProbeMode mode)
    {
        var held = FirstByte(new("full-cone", "full-cone", ProbeMode.Polite), relayOnly: true);
        for (ulong seed = 1; seed <= 10; seed++)
        {
            FirstByte(new(one, other, mode), relayOnly: false, seed).ShouldBeLessThanOrEqualTo(held + Between(one, other), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("sequential-5", "linux", ProbeMode.Polite)]
    [InlineData("sequential-5", "sequential-5", ProbeMode.Polite)]
    [InlineData("linux", "block-1024", ProbeMode.Polite)]
    [InlineData("random", "linux", ProbeMode.Fast)]
    public void What_is_said_while_data_moves_off_the_relay_arrives_whole_and_in_order(string one, string other, ProbeMode mode)
    {
        using var pair = new PairWorld(Plan(new(one, other, mode), relayOnly: false).Pair, new SeededRandom(21));
        pair.Connect().ShouldBeTrue();
        var (here, there) = (pair.One.Peer.Calls[^1], pair.Other.Peer.Calls[^1]);
        var channel = here.Open("count");
        for (var i = 0; i < 1000; i++)
        {
            here.Say(channel, $"{i}");
            pair.World.Run(TimeSpan.FromMilliseconds(10));
        }

        pair.World.Run(TimeSpan.FromSeconds(2));
        (here.IsDirect && there.IsDirect).ShouldBeTrue();
        there.Messages.Select(message => message.Text).ShouldBe(Enumerable.Range(0, 1000).Select(i => $"{i}"));
        there.Messages.Zip(there.Messages.Skip(1)).Max(two => two.Second.At - two.First.At).ShouldBeLessThan(TimeSpan.FromMilliseconds(100), "no gap either");
    }

    private static TimeSpan FirstByte(Cell cell, bool relayOnly, ulong seed = 1)
    {
        using var trial = new Trial(Plan(cell, relayOnly), new SeededRandom(seed));
        return trial.Run().FirstByteAfter.ShouldNotBeNull();
    }

    private static TrialPlan Plan(Cell cell, bool relayOnly) => CellRun.Plan(cell, pair => pair with { RelayOnly = relayOnly, Link = new() { Hops = 1 } }) with { Patience = TimeSpan.FromSeconds(5) };

    /// <summary>A row of two boxes has a line of a millisecond more on each way, and some ten ways lie before the first byte.</summary>
    private static TimeSpan Between(params string[] boxes) => TimeSpan.FromMilliseconds(boxes.Count(box => box.Contains("over-home")) * 20);
}
