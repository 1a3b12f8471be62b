using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Probing;

/// <summary>The one purse of a network, against the thresholds that the detectors publish.</summary>
public class ProbeBudgetTests
{
    private readonly ProbeBudget _budget = new();

    [Fact]
    public void Politely_nine_new_ports_leave_twenty_milliseconds_apart_and_then_three_seconds_are_silent()
    {
        var times = Spend(ProbeLimits.Polite, Ports(14));
        for (var i = 1; i < times.Length; i++)
        {
            (times[i] - times[i - 1]).ShouldBe(TimeSpan.FromMilliseconds(i == 9 ? 3100 : 20), $"port {i}");
        }
    }

    [Fact]
    public void The_fifteenth_port_of_one_target_waits_until_the_first_is_five_minutes_old()
    {
        var times = Spend(ProbeLimits.Polite, Ports(15));
        (times[14] - times[0]).ShouldBe(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void A_chain_counts_over_all_targets()
    {
        var times = Spend(ProbeLimits.Polite, Enumerable.Range(1, 10).Select(i => Endpoint.Parse($"192.0.2.{i}:{4000 + i}")));
        (times[9] - times[8]).ShouldBe(TimeSpan.FromMilliseconds(3100));
    }

    [Fact]
    public void A_port_that_is_paid_for_costs_nothing_again()
    {
        var port = Endpoint.Parse("192.0.2.1:5000");
        _budget.TrySpend(port, ProbeLimits.Polite, At(0), out _).ShouldBeTrue();
        _budget.TrySpend(port, ProbeLimits.Polite, At(1), out _).ShouldBeTrue();
        _budget.Spends.DistinctBy(spend => spend.Port).Count().ShouldBe(1);
    }

    [Fact]
    public void Quietly_one_target_gets_four_ports_an_hour()
    {
        var times = Spend(ProbeLimits.Quiet, Ports(5));
        (times[4] - times[0]).ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public void Boldly_twenty_ports_make_a_chain_and_the_twenty_first_ends_it()
    {
        var times = Spend(ProbeLimits.Bold, Ports(21));
        (times[19] - times[0]).ShouldBe(TimeSpan.FromMilliseconds(19 * 20));
        (times[20] - times[19]).ShouldBe(TimeSpan.FromMilliseconds(3100));
    }

    [Fact]
    public void Fast_is_a_bucket_of_forty_that_fills_at_forty_a_second()
    {
        var times = Spend(ProbeLimits.Fast, Ports(200));
        (times[39] - times[0]).ShouldBe(TimeSpan.FromMilliseconds(39));
        (times[199] - times[0]).TotalSeconds.ShouldBe(160 / 40.0, 0.05);
    }

    [Theory]
    [InlineData(ProbeMode.Polite)]
    [InlineData(ProbeMode.Quiet)]
    public void Whatever_is_asked_for_and_when_no_window_of_the_detectors_is_overrun(ProbeMode mode)
    {
        var random = new SeededRandom(4711);
        var (now, spends, seen) = (At(0), new List<(Endpoint Target, Instant At)>(), new List<(int Port, Instant At)>());
        for (var i = 0; i < 4000; i++)
        {
            now += TimeSpan.FromMilliseconds((int)(random.Next() % 400));
            if (random.Next() % 4 == 0)
            {
                var server = new Endpoint(IpAddress.Parse("203.0.113.2"), random.Next() % 3 == 0 ? (ushort)3478 : (ushort)443);
                _budget.NoteServer(server, now);
                seen.Add((server.Port, now)); // whatever the purse has to say to it
            }

            var port = random.Next() % 2 == 0 ? 1000 + (random.Next() % 30) : 1024 + (random.Next() % 64_512); // half of them come again
            var target = new Endpoint(IpAddress.Parse($"192.0.2.{1 + (random.Next() % 3)}"), (ushort)port);
            if (_budget.TrySpend(target, ProbeLimits.Of(mode), now, out var retryAt))
            {
                spends.Add((target, now));
                seen.Add((target.Port, now));
            }
            else
            {
                retryAt.ShouldBeGreaterThan(now);
            }
        }

        foreach (var (_, start) in spends)
        {
            spends.Count(spend => spend.At >= start && spend.At - start < TimeSpan.FromMilliseconds(5)).ShouldBeLessThan(10, "Juniper: 10 in 5 ms");
            spends.Where(spend => spend.At >= start && spend.At - start < TimeSpan.FromMinutes(5)).GroupBy(spend => spend.Target.Address)
                .ShouldAllBe(target => target.Select(spend => spend.Target.Port).Distinct().Count() <= 14, "Zeek: 15 in 5 minutes");
        }

        spends.Count.ShouldBeGreaterThan(mode == ProbeMode.Quiet ? 11 : 40);
        PortScanWeights(seen).ShouldAllBe(weight => weight < 21, "xt_psd: 21 with gaps of up to 3 s");
    }

    [Fact]
    public void A_server_that_is_asked_in_the_silence_goes_on_with_the_chain_once()
    {
        var server = Endpoint.Parse("203.0.113.2:443");
        var last = Spend(ProbeLimits.Polite, Ports(9))[^1];
        _budget.NoteServer(server, last + TimeSpan.FromSeconds(1)).ShouldBeTrue();
        _budget.NoteServer(server, last + TimeSpan.FromSeconds(3)).ShouldBeFalse("xt_psd holds the port already");
        _budget.TrySpend(Endpoint.Parse("192.0.2.1:20000"), ProbeLimits.Polite, last + TimeSpan.FromSeconds(3.5), out var retryAt).ShouldBeFalse();
        retryAt.ShouldBe(last + TimeSpan.FromSeconds(4.1));
        _budget.NoteServer(server, retryAt).ShouldBeTrue("a chain of its own");
        _budget.TrySpend(Endpoint.Parse("192.0.2.1:20000"), ProbeLimits.Polite, retryAt, out _).ShouldBeTrue();
    }

    [Fact]
    public void Ordinary_checks_do_not_take_what_a_fan_may_have()
    {
        var target = IpAddress.Parse("192.0.2.1");
        for (ushort port = 1; port <= 3; port++)
        {
            _budget.TrySpend(new(target, (ushort)(5000 + port)), ProbeLimits.Polite, At(0.02 * port), out _).ShouldBeTrue();
        }

        _budget.TakeMappings(target, 500, ProbeLimits.Polite, At(1)).ShouldBe(196);
        _budget.TakeMappings(target, 1, ProbeLimits.Polite, At(1)).ShouldBe(0);
    }

    [Fact]
    public void A_port_that_another_call_asks_again_does_not_break_the_chain()
    {
        var target = IpAddress.Parse("192.0.2.1");
        _budget.TrySpend(new(target, 5000), ProbeLimits.Polite, At(0), out _).ShouldBeTrue();
        for (ushort port = 5001; port < 5009; port++)
        {
            _budget.TrySpend(new(target, port), ProbeLimits.Polite, At(2 + (0.02 * port) - 100.02), out _).ShouldBeTrue();
        }

        _budget.TrySpend(new(target, 5000), ProbeLimits.Polite, At(4), out _).ShouldBeTrue("it is held");
        _budget.TrySpend(new(target, 5001), ProbeLimits.Polite, At(4.5), out _).ShouldBeTrue();
        _budget.TrySpend(new(target, 6000), ProbeLimits.Polite, At(5.2), out _).ShouldBeFalse("nine ports are in the chain, which those two carried on");
    }

    [Fact]
    public void A_trap_of_a_guard_is_asked_by_itself()
    {
        var target = IpAddress.Parse("192.0.2.1");
        _budget.TrySpend(new(target, 5000), ProbeLimits.Polite, At(0), out _).ShouldBeTrue();
        _budget.TrySpend(new(target, 2000), ProbeLimits.Polite, At(1), out var retryAt).ShouldBeFalse("ten points of Sophos UTM");
        retryAt.ShouldBe(At(3.1));
        _budget.TrySpend(new(target, 2000), ProbeLimits.Polite, retryAt, out _).ShouldBeTrue();
    }

    [Fact]
    public void Low_ports_cost_three()
    {
        for (ushort port = 600; port < 603; port++)
        {
            _budget.TrySpend(new(IpAddress.Parse("192.0.2.1"), port), ProbeLimits.Polite, At(0.02 * port), out _).ShouldBeTrue();
        }

        _budget.TrySpend(Endpoint.Parse("192.0.2.1:20000"), ProbeLimits.Polite, At(12.1), out var retryAt).ShouldBeFalse();
        retryAt.ShouldBe(At((0.02 * 602) + 3.1));
    }

    [Fact]
    public void Mappings_are_bounded_and_come_back_when_a_NAT_has_forgotten_them()
    {
        var target = IpAddress.Parse("192.0.2.1");
        _budget.TakeMappings(target, 500, ProbeLimits.Polite, At(0)).ShouldBe(196, "Snort, medium: 200 attempts between two hosts");
        _budget.TakeMappings(target, 500, ProbeLimits.Polite, At(1)).ShouldBe(0);
        _budget.TakeMappings(IpAddress.Parse("192.0.2.2"), 500, ProbeLimits.Polite, At(1)).ShouldBe(60, "256 in all");
        for (ushort port = 1; port <= 3; port++)
        {
            _budget.TrySpend(new(target, port), ProbeLimits.Polite, At(port), out _).ShouldBeTrue();
        }

        _budget.TrySpend(new(target, 4), ProbeLimits.Polite, At(4), out var retryAt).ShouldBeFalse();
        retryAt.ShouldBe(At(90));
        _budget.TakeMappings(target, 500, ProbeLimits.Polite, At(124)).ShouldBe(196);
    }

    [Fact]
    public void A_suspended_budget_opens_nothing_new_but_lets_what_is_open_live()
    {
        var known = Endpoint.Parse("192.0.2.1:5000");
        _budget.TrySpend(known, ProbeLimits.Polite, At(0), out _).ShouldBeTrue();
        _budget.Suspend(At(60));
        _budget.TrySpend(known, ProbeLimits.Polite, At(1), out _).ShouldBeTrue();
        _budget.TrySpend(known with { Port = 5001 }, ProbeLimits.Polite, At(1), out var retryAt).ShouldBeFalse();
        retryAt.ShouldBe(At(60));
        _budget.TakeMappings(known.Address, 10, ProbeLimits.Polite, At(1)).ShouldBe(0);
    }

    [Fact]
    public void What_is_kept_names_no_address()
    {
        _budget.TrySpend(Endpoint.Parse("192.0.2.1:5000"), ProbeLimits.Polite, At(0), out _);
        _budget.Spends[0].ToString().ShouldNotContain("192.0.2.1");
    }

    [Fact]
    public void Questions_that_cannot_all_be_paid_for_spend_nothing()
    {
        var (server, peer) = (IpAddress.Parse("198.51.100.1"), IpAddress.Parse("192.0.2.1"));
        var allowance = new ProbeAllowance(_budget, ProbeLimits.Quiet);
        allowance.TryAsk(server, 30, At(0)).ShouldBeTrue();
        allowance.TryAsk(server, 3, At(1)).ShouldBeFalse();
        (allowance.Mappings, allowance.MappingsRefused).ShouldBe((30, 3));
        _budget.Mappings.Sum(made => made.Count).ShouldBe(30);
        allowance.TryAsk(server, 2, At(2)).ShouldBeTrue("the two that were left still are");
        allowance.TakeMappings(peer, 1, At(3)).ShouldBe(0);
        _budget.Suspend(At(200));
        allowance.TryAsk(server, 1, At(150)).ShouldBeFalse();
        allowance.TryAsk(server, 1, At(200)).ShouldBeTrue();
    }

    [Fact]
    public void Between_two_sides_the_more_careful_word_holds_on_both_and_silence_is_polite()
    {
        ProbeMode[] modes = [ProbeMode.Quiet, ProbeMode.Polite, ProbeMode.Bold, ProbeMode.Fast];
        for (var own = 0; own < modes.Length; own++)
        {
            for (var other = 0; other < modes.Length; other++)
            {
                ProbeLimits.Between(modes[own], modes[other]).ShouldBe(ProbeLimits.Of(modes[Math.Min(own, other)]));
                modes[own].Allows(modes[other]).ShouldBe(other <= own);
            }

            ProbeLimits.Between(modes[own], null).ShouldBe(ProbeLimits.Of(modes[Math.Min(own, 1)]));
            modes[own].Next().ShouldBe(own == 3 ? null : modes[own + 1]);
        }
    }

    [Fact]
    public void Each_mode_allows_no_less_of_anything_than_the_one_before()
    {
        ProbeLimits[] limits = [ProbeLimits.Quiet, ProbeLimits.Polite, ProbeLimits.Bold, ProbeLimits.Fast];
        foreach (var (careful, bolder) in limits.Zip(limits.Skip(1)))
        {
            (careful.Burst <= bolder.Burst && careful.Spacing >= bolder.Spacing && careful.Silence >= bolder.Silence && careful.PerSecond <= bolder.PerSecond
                && careful.PerTarget <= bolder.PerTarget && careful.Window >= bolder.Window && careful.FlowsPerTarget <= bolder.FlowsPerTarget
                && careful.FlowWindow >= bolder.FlowWindow && careful.Mappings <= bolder.Mappings).ShouldBeTrue(bolder.Mode.ToString());
        }
    }

    [Theory]
    [InlineData(53)]
    [InlineData(1023)]
    [InlineData(1900)]
    [InlineData(2000)]
    [InlineData(31337)]
    [InlineData(54321)]
    public void Ports_that_mean_something_else_are_not_for_guessing(int port) => UnwelcomePorts.Contains(port).ShouldBeTrue();

    [Theory]
    [InlineData(1, 1023)]
    [InlineData(1000, 200)]
    [InlineData(32_700, 100)]
    [InlineData(1024, 64_512)]
    [InlineData(65_535, int.MaxValue)] // as a peer may claim
    [InlineData(2000, -1)]
    public void Of_a_range_the_others_are_left(int first, int size) =>
        UnwelcomePorts.LeftOf(first, size).ShouldBe(Enumerable.Range(1, 65_535).Count(port => port >= first && port < (long)first + size && !UnwelcomePorts.Contains(port)));

    /// <summary>What xt_psd has weighed after each packet: new numbers only, 3 for those below 1024, and all forgotten after 3 s without one.</summary>
    private static IEnumerable<int> PortScanWeights(IEnumerable<(int Port, Instant At)> seen)
    {
        var (ports, weight, last) = (new HashSet<int>(), 0, Instant.Zero);
        foreach (var (port, at) in seen)
        {
            if (at - last > TimeSpan.FromSeconds(3))
            {
                ports.Clear();
                weight = 0;
            }

            if (ports.Add(port))
            {
                (weight, last) = (weight + (port < 1024 ? 3 : 1), at);
            }

            yield return weight;
        }
    }

    private static Instant At(double seconds) => Instant.FromMilliseconds(1_000_000 + (seconds * 1000));

    private static IEnumerable<Endpoint> Ports(int count) => Enumerable.Range(10_000, count).Select(port => new Endpoint(IpAddress.Parse("192.0.2.1"), (ushort)port));

    /// <summary>Spends as early as the budget allows.</summary>
    private Instant[] Spend(ProbeLimits limits, IEnumerable<Endpoint> targets)
    {
        var (now, times) = (At(0), new List<Instant>());
        foreach (var target in targets)
        {
            while (!_budget.TrySpend(target, limits, now, out var retryAt))
            {
                retryAt.ShouldBeGreaterThan(now);
                now = retryAt;
            }

            times.Add(now);
        }

        return [.. times];
    }
}
