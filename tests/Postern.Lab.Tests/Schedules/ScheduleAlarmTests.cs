namespace Postern.Tests.Schedules;

/// <summary>Ports probed against the thresholds of the guards.</summary>
public class ScheduleAlarmTests
{
    /// <summary>A port each millisecond is 2,000 in Palo Alto's 2 s, where 100 alarm, but 6 in Juniper's 5 ms, where 10 do.</summary>
    [Fact]
    public void EasyTier_alarms_every_guard_but_the_one_that_counts_milliseconds()
    {
        foreach (var world in Played.Worlds("easytier", "random", "linux", 10))
        {
            world.PortsProbed.ShouldBeGreaterThan(100);
            Guards(world.Alarms).ShouldBe(["crowdsec", "palo-alto", "psd", "snort-medium", "zeek"]);
        }
    }

    /// <summary>At 50 a second the 2 s of Palo Alto hold just the 100 that alarm: who needs less time escapes it.</summary>
    [Theory]
    [InlineData("hyperdht", 101)]
    [InlineData("frp", 100)]
    public void Palo_alto_alarms_at_100_ports_in_2_seconds_and_not_before(string product, int ports)
    {
        foreach (var world in Played.Worlds(product, "random", "linux", 40))
        {
            Guards(world.Alarms).Contains("palo-alto").ShouldBe(world.MostPortsProbed >= ports, $"seed {world.Seed}, {world.MostPortsProbed} ports");
        }
    }

    /// <summary>The same ports are seen twice: leaving their own network, and coming to the other one.</summary>
    [Fact]
    public void Both_sides_see_a_scan()
    {
        var world = Played.Worlds("hyperdht", "random", "linux", 10).First(world => world.PortsProbed > 150);
        world.Alarms.Keys.ShouldContain(("callee", "palo-alto"));
        world.Alarms.Keys.ShouldContain(("caller", "palo-alto"));
        world.Alarms.Keys.ShouldContain(("caller", "zeek")); // which counts what is refused, so only there
        world.Alarms.Keys.ShouldNotContain(("callee", "zeek"));
    }

    [Theory]
    [InlineData("frp")]
    [InlineData("easytier")]
    [InlineData("hyperdht")]
    public void Nobody_alarms_anyone_where_nothing_has_to_be_foretold(string product)
    {
        foreach (var world in Played.Worlds(product, "linux", "offset-30000", 5))
        {
            world.Alarms.ShouldBeEmpty();
            world.PortsProbed.ShouldBeLessThan(6);
        }
    }

    /// <summary>xt_psd lets 20 new ports through and drops those that follow: who guesses a thousand ports comes to nothing.</summary>
    [Theory]
    [InlineData("frp")]
    [InlineData("hyperdht")]
    public void A_guard_that_drops_what_matches_ends_the_guessing(string product)
    {
        var worlds = Played.Worlds(product, "random", "guard-psd", 20);
        worlds.Count(world => world.DirectAfter is not null).ShouldBeLessThan(8); // 20 ports a pause of 3 s, 256 sockets: one in thirteen each time
        worlds.ShouldAllBe(world => world.DirectAfter != null || world.Alarms.ContainsKey(new("callee", "psd")));
    }

    /// <summary>It drops the first packet to a new port, and takes the second for one of something older: EasyTier sends three.</summary>
    [Fact]
    public void EasyTier_passes_that_guard_by_repeating_itself()
    {
        var worlds = Played.Worlds("easytier", "random", "guard-psd", 10);
        worlds.ShouldAllBe(world => world.Alarms.ContainsKey(new("callee", "psd")));
        worlds.Count(world => world.DirectAfter is not null).ShouldBeGreaterThan(7);
    }

    private static string[] Guards(IReadOnlyDictionary<(string Side, string Guard), int> alarms) => [.. alarms.Keys.Select(alarm => alarm.Guard).Distinct().Order(StringComparer.Ordinal)];
}
