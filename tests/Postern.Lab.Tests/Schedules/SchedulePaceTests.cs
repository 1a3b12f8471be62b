using Postern.Lab.Schedules;
using Postern.Lab.Simulator;

namespace Postern.Tests.Schedules;

/// <summary>Order, pace and number of the probes, as they are published.</summary>
public class SchedulePaceTests
{
    [Fact]
    public void Frp_sends_its_guesses_15_ms_apart_four_seconds_after_the_fan_and_never_twice()
    {
        var (world, seen) = Played.Watched("frp", "random", "linux", 30, isInVain: true);
        var fan = seen.SentBy(world.One).Where(sighting => sighting.Packet.Header.TimeToLive == 7).ToArray();
        var guesses = seen.SentBy(world.Other).SkipWhile(sighting => sighting.Packet.Header.Destination.Address == world.One.Address).Skip(2).ToArray(); // after the two mapped endpoints
        fan.Select(sighting => sighting.Packet.Header.Source).Distinct().Count().ShouldBe(257);
        fan.Select(sighting => sighting.Packet.Header.Destination).Distinct().Count().ShouldBe(1);
        guesses.Length.ShouldBe(1000);
        guesses.Select(sighting => sighting.Packet.Header.Destination).ShouldBeUnique();
        Gaps(guesses).ShouldAllBe(gap => gap == TimeSpan.FromMilliseconds(15));
        (guesses[0].At - fan[0].At).ShouldBe(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void EasyTier_knocks_at_a_port_each_millisecond_three_times_in_two_passes()
    {
        var (world, seen) = Played.Watched("easytier", "random", "linux", 20, isInVain: true);
        var knocks = seen.SentBy(world.Other).GroupBy(sighting => sighting.Packet.Header.Destination).Where(port => port.Count() == 6).Select(port => port.ToArray()).ToArray();
        knocks.Length.ShouldBeInRange(600, 799);
        knocks.ShouldAllBe(port => port[2].At == port[0].At && port[5].At == port[3].At);
        Gaps([.. knocks.Select(port => port[0])]).ShouldAllBe(gap => gap == TimeSpan.FromMilliseconds(1));
        (knocks[0][3].At - knocks[0][0].At).ShouldBe(TimeSpan.FromMilliseconds(knocks.Length));
        var fan = seen.SentBy(world.One).GroupBy(sighting => sighting.At).Select(moment => moment.Select(sighting => sighting.Packet.Header.Source).Distinct().Count());
        fan.Max().ShouldBe(84);
    }

    [Fact]
    public void HyperDht_sends_1750_guesses_20_ms_apart_while_the_fan_goes_round()
    {
        var (world, seen) = Played.Watched("hyperdht", "random", "linux", 60, isInVain: true);
        var heard = seen.Where(sighting => sighting.Kind == SightingKind.Delivered).Select(sighting => (sighting.At, sighting.Packet.Header.Source)).ToHashSet();
        var guesses = seen.SentBy(world.Other).Where(sighting => !heard.Contains((sighting.At, sighting.Packet.Header.Destination))).Skip(1).ToArray(); // a knock in the first round; the others are answers where a hole is open
        var fan = seen.SentBy(world.One).ToArray();
        guesses.Length.ShouldBe(1750);
        Gaps(guesses).ShouldAllBe(gap => gap == TimeSpan.FromMilliseconds(20));
        fan.Select(sighting => sighting.Packet.Header.Source).Distinct().Count().ShouldBe(256);
        fan.Length.ShouldBe(1 + 255 + 1750); // a session, the other sockets, then one after the other
        fan.Count(sighting => sighting.Packet.Header.TimeToLive == 5).ShouldBe(1 + 255 + 256);
    }

    /// <summary>Short-lived openers pass their own box and no further.</summary>
    [Theory]
    [InlineData("frp", "linux", "linux", 7)]
    [InlineData("frp", "sequential-5", "linux", 7)]
    [InlineData("hyperdht", "random", "linux", 5)]
    public void Openers_die_on_the_way(string product, string one, string other, byte timeToLive)
    {
        var (_, seen) = Played.Watched(product, one, other, 30);
        var openers = seen.Where(sighting => sighting.Kind == SightingKind.Sent && sighting.Packet.Header.TimeToLive == timeToLive).Select(sighting => sighting.Packet.Number).ToHashSet();
        openers.ShouldNotBeEmpty();
        seen.Count(sighting => openers.Contains(sighting.Packet.Number) && sighting.DiedOnTheWay()).ShouldBe(openers.Count);
        seen.ShouldNotContain(sighting => openers.Contains(sighting.Packet.Number) && sighting.Kind == SightingKind.Delivered);
    }

    [Fact]
    public void The_same_seed_gives_the_same_packets()
    {
        foreach (var product in PublishedSchedules.Products)
        {
            Told().ShouldBe(Told());

            string Told() => string.Join('\n', Played.Watched(product, "sequential-5", "linux", 20, seed: 3).Seen.Select(sighting => $"{sighting.At} {sighting.Place} {sighting.Kind} {sighting.Header}"));
        }
    }

    private static IEnumerable<TimeSpan> Gaps(IReadOnlyList<Sighting> sightings) => sightings.Skip(1).Zip(sightings, (later, earlier) => later.At - earlier.At);
}
