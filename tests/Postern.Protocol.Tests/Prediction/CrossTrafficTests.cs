using Postern.Protocol.Nat;
using Postern.Protocol.Prediction;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

public class CrossTrafficTests
{
    private static readonly PortRule FiveASecond = new() { Kind = PortRuleKind.Step, Delta = 1, ForeignMappings = 20, WatchedMilliseconds = 4000 };

    [Fact]
    public void What_was_counted_is_as_certain_as_its_root()
    {
        var traffic = CrossTraffic.Of(FiveASecond);
        traffic.PerSecond.ShouldBe(5);
        traffic.Deviation.ShouldBe(Math.Sqrt(20) / 4);
        traffic.Cautious.ShouldBe(5 + (Math.Sqrt(20) / 2));
    }

    [Fact]
    public void A_short_look_that_saw_nothing_is_no_proof_of_silence() => CrossTraffic.Of(PortRule.Unknown, 0, 0.1).Cautious.ShouldBe(20);

    [Fact]
    public void Nothing_watched_tells_nothing() => CrossTraffic.Of(PortRule.Unknown).ShouldBe(default);

    [Fact]
    public void It_can_be_written_out() => new CrossTraffic(1.23456, 0.5).Round().ToString().ShouldContain("1.235");

    [Fact]
    public void A_fresh_look_that_agrees_sharpens_the_earlier_one()
    {
        var traffic = CrossTraffic.Of(FiveASecond, 3, 0.5);
        traffic.PerSecond.ShouldBe(23 / 4.5);
        traffic.Deviation.ShouldBeLessThan(CrossTraffic.Of(FiveASecond).Deviation);
    }

    [Theory]
    [InlineData(20, 0.5)] // 40 a second
    [InlineData(0, 4.0)]
    public void A_network_that_has_become_busier_or_quieter_is_judged_by_the_fresh_look_alone(int foreign, double seconds)
    {
        CrossTraffic.Of(FiveASecond, foreign, seconds).ShouldBe(new CrossTraffic(foreign / seconds, Math.Sqrt(Math.Max(1, foreign)) / seconds));
    }

    [Fact]
    public void A_fresh_look_at_the_same_traffic_is_seldom_taken_for_another_one()
    {
        var random = new SeededRandom(3);
        var dropped = 0;
        for (var i = 0; i < 2000; i++)
        {
            var (before, now) = (Arrivals(random, 5, 4), Arrivals(random, 5, 0.5));
            var rule = FiveASecond with { ForeignMappings = before };
            dropped += Math.Abs(CrossTraffic.Of(rule, now, 0.5).PerSecond - ((before + now) / 4.5)) < 1e-9 ? 0 : 1;
        }

        dropped.ShouldBeLessThan(40);
    }

    private static int Arrivals(SeededRandom random, double perSecond, double seconds)
    {
        var count = 0;
        for (var at = Pause(); at < seconds; at += Pause())
        {
            count++;
        }

        return count;

        double Pause() => -Math.Log((random.Next() + 1.0) / (ulong.MaxValue + 2.0)) / perSecond;
    }
}
