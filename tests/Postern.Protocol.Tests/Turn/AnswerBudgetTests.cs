using Postern.Protocol.Net;
using Postern.Protocol.Turn;

namespace Postern.Tests.Turn;

public class AnswerBudgetTests
{
    private static readonly IpAddress Victim = IpAddress.Parse("30.0.0.1");

    [Fact]
    public void A_network_gets_its_burst_and_then_its_rate()
    {
        var budget = new AnswerBudget(bytesPerSecond: 1000, burst: 5000, seed: 7);
        var now = Instant.FromMilliseconds(1000);
        Spend(budget, now).ShouldBe(50);
        Spend(budget, now).ShouldBe(0);
        Spend(budget, now + TimeSpan.FromSeconds(1)).ShouldBe(10);
        Spend(budget, now + TimeSpan.FromHours(1)).ShouldBe(50);
    }

    [Fact]
    public void What_is_no_longer_than_it_was_asked_for_costs_nothing()
    {
        var budget = new AnswerBudget(1000, 5000, 7);
        for (var i = 0; i < 1000; i++)
        {
            budget.TrySpend(Victim, 100, 100, Instant.Zero).ShouldBeTrue();
        }

        budget.TrySpend(Victim, 0, 5001, Instant.Zero).ShouldBeFalse();
        budget.TrySpend(Victim, 0, 5000, Instant.Zero).ShouldBeTrue();
    }

    [Fact]
    public void A_hundred_networks_have_a_hundred_buckets_and_a_network_one()
    {
        var budget = new AnswerBudget(1000, 5000, 7);
        Spend(budget, Instant.Zero);
        budget.TrySpend(IpAddress.Parse("30.0.0.200"), 0, 100, Instant.Zero).ShouldBeFalse();
        var served = Enumerable.Range(1, 100).Count(i => budget.TrySpend(IpAddress.Parse($"30.0.{i}.1"), 0, 100, Instant.Zero));
        served.ShouldBeGreaterThan(97); // a few may share a slot with the spent one
    }

    private static int Spend(AnswerBudget budget, Instant now)
    {
        var spent = 0;
        while (budget.TrySpend(Victim, 100, 200, now))
        {
            spent++;
        }

        return spent;
    }
}
