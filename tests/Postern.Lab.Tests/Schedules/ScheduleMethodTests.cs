namespace Postern.Tests.Schedules;

/// <summary>What each product makes of the boxes by its own measurements, seen in what it does.</summary>
public class ScheduleMethodTests
{
    [Theory]
    [InlineData("linux", "linux", "mode 0", "cone", "consistent")]
    [InlineData("offset-30000", "linux", "mode 0", "cone", "consistent")]
    [InlineData("offset-30000-symmetric", "linux", "mode 0", "cone", "consistent")]
    [InlineData("firewall-1", "linux", "mode 1", "sequential to cone", "random")]
    [InlineData("sequential-5", "linux", "mode 1", "sequential to cone", "random")]
    [InlineData("linux", "step-down", "mode 1", "sequential to cone", "random")]
    [InlineData("step-2", "linux", "mode 1", "sequential to cone", "random")]
    [InlineData("random", "linux", "mode 2", "hard to cone", "random")]
    [InlineData("linux", "block-512", "mode 2", "hard to cone", "random")]
    [InlineData("sequential-5", "sequential-5", "mode 3", "both sequential", "given up: both random")]
    [InlineData("sequential-5", "random", "mode 4", "none", "given up: both random")]
    [InlineData("random", "random", "mode 0", "none", "given up: both random")]
    [InlineData("public", "random", "mode 0", "open", "open")]
    [InlineData("udp-blocked", "linux", "none", "cone", "given up: too few samples")]
    public void A_pair_gets_the_published_method(string one, string other, string frp, string easyTier, string hyperDht)
    {
        Method("frp").ShouldBe(frp);
        Method("easytier").ShouldBe(easyTier);
        Method("hyperdht").ShouldBe(hyperDht);

        string Method(string product) => Played.Worlds(product, one, other, 1, patience: 10)[0].Method;
    }

    [Theory]
    [InlineData("linux", "linux")]
    [InlineData("full-cone", "address-restricted")]
    [InlineData("offset-30000", "port-restricted")]
    [InlineData("public", "random")]
    [InlineData("sequential-5", "public")]
    [InlineData("carrier-easy-over-home", "linux")]
    public void Where_nothing_has_to_be_foretold_all_three_are_direct(string one, string other)
    {
        foreach (var product in Lab.Schedules.PublishedSchedules.Products)
        {
            var world = Played.Worlds(product, one, other, 1).ShouldHaveSingleItem();
            world.DirectAfter.ShouldNotBeNull($"{product} between {one} and {other}");
        }
    }

    [Theory]
    [InlineData("udp-blocked", "linux")]
    [InlineData("web-only", "public")]
    public void Where_no_datagram_passes_none_is(string one, string other)
    {
        foreach (var product in Lab.Schedules.PublishedSchedules.Products)
        {
            Played.Worlds(product, one, other, 1)[0].DirectAfter.ShouldBeNull(product);
        }
    }
}
