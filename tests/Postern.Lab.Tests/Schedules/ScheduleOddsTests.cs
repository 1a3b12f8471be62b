using Postern.Lab.Schedules;

namespace Postern.Tests.Schedules;

/// <summary>How often the schedules succeed, against the mathematics of their parameters.</summary>
public class ScheduleOddsTests
{
    private const int Worlds = 200;
    private const int Ports = 65536 - 1024; // of the box called random

    /// <summary>1,000 different ports against 256 sockets and the one that was there: 98.2 % of first attempts.</summary>
    [Fact]
    public void Frp_guesses_1000_ports_against_257_sockets()
    {
        var worlds = Played.Worlds("frp", "random", "linux", Worlds, patience: 25);
        worlds.ShouldAllBe(world => world.Method == "mode 2" && world.Attempts == 1);
        var odds = 1 - Played.OddsOfNone(Ports, 257, 1000);
        odds.ShouldBe(0.982, 0.001);
        worlds.Count(IsDirect).ShouldBeAsLikelyAs(odds, Worlds);
        worlds.Where(IsDirect).ShouldAllBe(world => world.DirectAfter > TimeSpan.FromSeconds(4) && world.DirectAfter < TimeSpan.FromSeconds(20)); // 1 s and 3 s of waiting, then 15 s at most
    }

    /// <summary>84 sockets against 600 to 799 ports out of all 65,535: 59 % of first rounds, the others need more rounds.</summary>
    [Fact]
    public void EasyTier_finds_a_port_in_three_of_five_first_rounds()
    {
        var worlds = Played.Worlds("easytier", "random", "linux", Worlds);
        worlds.ShouldAllBe(world => world.Method == "hard to cone");
        var odds = 1 - Enumerable.Range(600, 200).Average(tried => Played.OddsOfNone(ushort.MaxValue, 84, tried));
        odds.ShouldBe(0.59, 0.005);
        worlds.Count(world => IsDirect(world) && world.Attempts == 1).ShouldBeAsLikelyAs(odds, Worlds);
        worlds.Count(world => IsDirect(world) && world.Attempts <= 2).ShouldBeAsLikelyAs(1 - ((1 - odds) * (1 - odds)), Worlds);
    }

    /// <summary>1,750 random ports out of 64,536, with repeats, against 256 sockets: 99.9 % in 35 s, half of them within 174 ports.</summary>
    [Fact]
    public void HyperDht_needs_174_ports_in_half_of_the_worlds_and_35_seconds_at_most()
    {
        var worlds = Played.Worlds("hyperdht", "random", "linux", Worlds);
        worlds.ShouldAllBe(world => world.Method == "random");
        var miss = 1 - (256.0 / 64536);
        Math.Pow(miss, 1750).ShouldBe(0.001, 0.0001);
        worlds.Count(IsDirect).ShouldBeAsLikelyAs(1 - Math.Pow(miss, 1750), Worlds);
        worlds.Where(IsDirect).ShouldAllBe(world => world.DirectAfter < TimeSpan.FromSeconds(36));
        const int UnderWay = 3; // that were sent while the first answer was under way
        worlds.Count(world => world.MostPortsProbed <= 174 + UnderWay).ShouldBeAsLikelyAs(1 - Math.Pow(miss, 174), Worlds);
    }

    /// <summary>25 sockets, aimed at the 20th port from the one seen: it is hit as long as 19 foreign flows at most come in between on either side.</summary>
    [Fact]
    public void EasyTier_meets_between_two_counting_boxes_while_few_others_count_on()
    {
        Played.Worlds("easytier", "sequential-5", "sequential-5", 50).ShouldAllBe(world => world.DirectAfter != null && world.Method == "both sequential");
    }

    /// <summary>
    /// frp opens a range of 10 at most around a port that it has seen more than a second ago: what λ foreign flows a second do in that
    /// time decides. Two ports are its own (it tries the inner endpoint first), 4 may be others'.
    /// </summary>
    [Fact]
    public void Frp_loses_a_counting_box_that_others_use_too()
    {
        var quiet = Played.Worlds("frp", "sequential-5", "linux", Worlds, patience: 9);
        quiet.ShouldAllBe(world => world.Attempts == 1);
        quiet.Count(IsDirect).ShouldBeInRange(Worlds / 10, Worlds / 2);
        Played.Worlds("frp", "sequential-20", "linux", 50).Count(IsDirect).ShouldBeLessThan(5);
        Played.Worlds("hyperdht", "sequential-20", "linux", 20).ShouldAllBe(world => world.DirectAfter != null); // which does not care how ports move
    }

    [Theory]
    [InlineData("easytier", "none")]
    [InlineData("hyperdht", "given up: both random")]
    public void Between_two_random_boxes_nothing_is_tried_by_those_that_know(string product, string method)
    {
        var worlds = Played.Worlds(product, "random", "random", 20);
        worlds.ShouldAllBe(world => world.Method == method && world.DirectAfter == null && world.PortsProbed <= 1 && world.Alarms.Count == 0);
    }

    private static bool IsDirect(ScheduleOutcome world) => world.DirectAfter is not null;
}
