using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Lab.Simulator;
using Postern.Tests.Kit;

namespace Postern.Tests.Predicate;

/// <summary>The predicate judges the agent, and each the simulator, in worlds drawn by lot.</summary>
public class RandomWorldTests
{
    /// <summary>
    /// Worlds that once contradicted the forecast: a firewall that let answers to strangers out, and peers that never told each
    /// other of the new outer port after a router had started again.
    /// </summary>
    private static readonly int[] OnceFailed =
    [
        195, 215, 1013, 1062, 2019, 2144, 2620, 2753, 3238, 3448, 3486, 3799, 4198, 4255, 4635, 4640, 5307, 5542, 6089, 6764, 6833, 8077,
        8158, 8697, 9019, 9767, 40279,
    ];

    [Fact]
    public void In_three_hundred_worlds_forecast_and_outcome_agree() => DrawnWorlds.Judge(DrawnWorlds.Try(Enumerable.Range(1, 300)));

    [Fact]
    public void What_once_failed_agrees() => DrawnWorlds.Try(OnceFailed);

    [Fact]
    [Trait("part", "soak")]
    public void In_ten_thousand_worlds_forecast_and_outcome_agree() => DrawnWorlds.Judge(DrawnWorlds.Try(Enumerable.Range(1, 10_000)));

    /// <summary>Servers that fail, loss, delays and all other boxes, with a proxy on one side at least.</summary>
    [Fact]
    [Trait("part", "soak")]
    public void In_a_thousand_worlds_with_a_proxy_forecast_and_outcome_agree() => DrawnWorlds.Try(Enumerable.Range(1, 1000), BehindProxy);

    [Fact]
    public void In_fifty_worlds_with_a_proxy_forecast_and_outcome_agree() => DrawnWorlds.Try(Enumerable.Range(20_001, 50), BehindProxy);

    [Fact]
    public void A_world_with_a_proxy_makes_the_same_packets_again()
    {
        foreach (var seed in Enumerable.Range(1, 1000).Where(seed => TrialPlans.Draw(new SeededRandom((ulong)seed)).Pair is var pair && (WayOut.NamesProxy(pair.One) || WayOut.NamesProxy(pair.Other))).Take(3))
        {
            Packets(seed).ShouldBe(Packets(seed), $"seed {seed}");
        }
    }

    [Fact]
    public void What_is_drawn_could_be_described()
    {
        for (ulong seed = 1; seed <= 1000; seed++)
        {
            var pair = TrialPlans.Draw(new SeededRandom(seed)).Pair;
            foreach (var box in new[] { pair.One, pair.Other }.Where(box => box.Id == "drawn"))
            {
                BoxDescriptionJson.Read(BoxDescriptionJson.Write(box), out var error).ShouldNotBeNull($"{seed}: {error}");
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(92)]
    public void A_seed_makes_the_same_packets_again(int seed) => Packets(seed).ShouldBe(Packets(seed));

    private static TrialPlan BehindProxy(TrialPlan plan, int seed) =>
        plan with { Pair = plan.Pair with { One = BoxCatalogue.All[seed % 2 == 0 ? "http-proxy-only" : "socks-only"], ShareOutermost = false } };

    /// <summary>Times, ends and kinds of all packets; encrypted bytes and their lengths, which TCP counts, differ from run to run.</summary>
    private static string[] Packets(int seed)
    {
        var random = new SeededRandom((ulong)seed);
        using var trial = new Trial(TrialPlans.Draw(random), random);
        var seen = new List<string>();
        trial.Pair.World.Tap += sighting => seen.Add($"{sighting.At} {sighting.Place} {sighting.Kind} {sighting.Packet.Header with { Sequence = 0, Acknowledgement = 0 }} {sighting.Reason}");
        trial.Run();
        seen.Count.ShouldBeGreaterThan(100);
        return [.. seen];
    }
}
