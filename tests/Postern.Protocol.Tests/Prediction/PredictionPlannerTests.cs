using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Which plan, at which odds and price.</summary>
public class PredictionPlannerTests
{
    private static readonly NatReport Easy = Report("198.51.100.1:5000", NatDependence.EndpointIndependent, new() { Kind = PortRuleKind.Kept });
    private static readonly NatReport Open = Easy with { Filtering = NatDependence.AddressDependent };

    [Theory]
    [InlineData(PortRuleKind.Step, 0, PredictionMethod.Learn)]
    [InlineData(PortRuleKind.Block, 512, PredictionMethod.FanOut)]
    [InlineData(PortRuleKind.Block, 1024, PredictionMethod.FanOut)]
    [InlineData(PortRuleKind.Random, 64_512, PredictionMethod.None)]
    public void Politely_against_ports_that_stay(PortRuleKind kind, int size, PredictionMethod method) =>
        Plan(Moving(kind, size), Easy, ProbeMode.Polite).Method.ShouldBe(method);

    [Fact]
    public void A_filter_that_does_not_look_at_ports_needs_no_prediction() =>
        Plan(Moving(PortRuleKind.Step, 0), Open, ProbeMode.Polite).ShouldSatisfyAllConditions(
            plan => plan.Method.ShouldBe(PredictionMethod.None), plan => plan.Reason.ShouldBe("filter-lets-port-in"));

    [Fact]
    public void Two_that_stay_need_none() => Plan(Easy, Easy with { Mapped = Endpoint.Parse("192.0.2.9:1") }, ProbeMode.Polite).Reason.ShouldBe("both-ports-stay");

    [Fact]
    public void What_is_not_tried_says_what_it_would_have_cost()
    {
        var plan = Plan(Moving(PortRuleKind.Random, 64_512), Easy, ProbeMode.Polite);
        plan.Reason.ShouldBe("ports-drawn-from-too-many");
        plan.OddsPerPort.ShouldBe(196 / 64_512.0, 1e-9);
        plan.Odds.ShouldBeInRange(0.03, 0.06);
        Plan(Moving(PortRuleKind.Random, 64_512), Easy, ProbeMode.Fast).Odds.ShouldBeGreaterThan(0.99);
    }

    [Theory]
    [InlineData(ProbeMode.Quiet)]
    [InlineData(ProbeMode.Polite)]
    [InlineData(ProbeMode.Bold)]
    [InlineData(ProbeMode.Fast)]
    public void Both_sides_draw_the_same_plan_with_the_roles_changed_and_none_overdraws(ProbeMode mode)
    {
        NatReport[] all = [Easy, Open, Moving(PortRuleKind.Block, 64), Moving(PortRuleKind.Block, 2) with { Filtering = NatDependence.AddressDependent }, Moving(PortRuleKind.Block, 2048) with { Mapping = NatDependence.AddressDependent }, Moving(PortRuleKind.Step, 0), Moving(PortRuleKind.Step, 0, foreign: 20), Moving(PortRuleKind.Step, 0, foreign: 60), Moving(PortRuleKind.Block, 512), Moving(PortRuleKind.Block, 4096), Moving(PortRuleKind.Random, 64_512)];
        var limits = ProbeLimits.Of(mode);
        foreach (var (own, other) in all.SelectMany(own => all.Select(other => (own, other with { Mapped = Endpoint.Parse("192.0.2.7:9000") }))))
        {
            var here = PredictionPlanner.Plan(new(own, limits, true), new(other, limits, false));
            var there = PredictionPlanner.Plan(new(other, limits, false), new(own, limits, true));
            (there.Method, there.Odds, there.Reason, there.Ports, there.PeerPorts).ShouldBe((here.Method, here.Odds, here.Reason, here.PeerPorts, here.Ports));
            here.Odds.ShouldBeInRange(0, 1);
            here.Ports.ShouldBeLessThanOrEqualTo(limits.PerTarget);
            (here.Method == PredictionMethod.None || here.Mappings <= limits.Mappings).ShouldBeTrue($"{here}");
            (here.Method == PredictionMethod.None || here.Opens != there.Opens || here.Method == PredictionMethod.Lottery).ShouldBeTrue($"{here} against {there}");
        }
    }

    /// <summary>Of all ways to share the mappings and the ports that the limits allow, none does better than the plan; and of the ports no more are asked than it takes.</summary>
    [Theory]
    [InlineData(512, ProbeMode.Polite)]
    [InlineData(1024, ProbeMode.Polite)]
    [InlineData(2048, ProbeMode.Bold)]
    [InlineData(512, ProbeMode.Fast)]
    public void No_other_fan_within_the_limits_does_better(int range, ProbeMode mode)
    {
        var limits = ProbeLimits.Of(mode);
        var plan = Plan(Moving(PortRuleKind.Block, range), Easy, mode);
        for (var sockets = 1; sockets <= Math.Min(limits.FlowsOfFan, Math.Min(limits.Mappings - 16, range / 2)); sockets++)
        {
            for (var asked = 1; asked <= limits.PerTarget; asked++)
            {
                Math.Min(0.995, PredictionMath.Meets(range, sockets, asked)).ShouldBeLessThanOrEqualTo(plan.Odds + 1e-12);
            }
        }

        var enough = PredictionMath.Enough(range, plan.Mappings, plan.PeerPorts);
        PredictionMath.Meets(range, plan.Mappings, enough - 1).ShouldBeLessThan(0.9999, "one fewer would not do");
        (enough == plan.PeerPorts || PredictionMath.Meets(range, plan.Mappings, enough) >= 0.9999).ShouldBeTrue();
    }

    [Theory]
    [InlineData(5, ProbeMode.Polite, 0.98)]
    [InlineData(20, ProbeMode.Fast, 0.99)]
    [InlineData(35, ProbeMode.Fast, 0.99)]
    [InlineData(20, ProbeMode.Polite, 0.5)]
    [InlineData(100, ProbeMode.Fast, 0.9)]
    public void The_ladder_holds_what_a_counter_that_drifts_makes_of_it(double perSecond, ProbeMode mode, double least)
    {
        var limits = ProbeLimits.Of(mode);
        var shape = LadderShape.Of(new(perSecond, 0), limits);
        var random = new SeededRandom(17);
        const int trials = 4000;
        var met = Enumerable.Range(0, trials).Count(_ => Climbs(shape, Poisson(random, perSecond * 0.045), () => Poisson(random, perSecond * limits.Spacing.TotalSeconds)));
        shape.Odds.ShouldBeGreaterThanOrEqualTo(least);
        ((double)met / trials).ShouldBe(shape.Odds, 0.015);
    }

    /// <summary>A climber whose ports go by the address climbs with one port, which every rung is asked from.</summary>
    [Theory]
    [InlineData(20, ProbeMode.Polite, 0.99)]
    [InlineData(60, ProbeMode.Polite, 0.9)]
    [InlineData(100, ProbeMode.Fast, 0.99)]
    public void A_ladder_that_is_climbed_with_one_port_needs_no_rung_between(double perSecond, ProbeMode mode, double least)
    {
        var shape = LadderShape.Of(new(perSecond, 0), ProbeLimits.Of(mode), stride: 1);
        var random = new SeededRandom(19);
        const int trials = 4000;
        var met = Enumerable.Range(0, trials).Count(_ => Poisson(random, perSecond * 0.045) - shape.FirstDrift is var rung && rung >= 0 && rung < shape.Rungs);
        shape.Odds.ShouldBeGreaterThanOrEqualTo(least);
        ((double)met / trials).ShouldBe(shape.Odds, 0.015);
        (shape.Guesses, shape.ClimbingMappings).ShouldBe((shape.Rungs, 3 + shape.Lead));
    }

    /// <summary>Where the guesses do not reach for all drifts, no other window of as many holds more.</summary>
    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(200)]
    public void A_ladder_that_is_cut_short_stands_where_the_counter_is_likeliest(double perSecond)
    {
        var limits = ProbeLimits.Polite;
        var shape = LadderShape.Of(new(perSecond, 0), limits);
        var best = Enumerable.Range(0, 40).Max(first => Met(shape with { FirstDrift = first }));
        Met(shape).ShouldBeGreaterThan(best - 0.02);

        double Met(LadderShape tried)
        {
            var random = new SeededRandom(18);
            return Enumerable.Range(0, 16_000).Count(_ => Climbs(tried, Poisson(random, perSecond * 0.045), () => Poisson(random, perSecond * limits.Spacing.TotalSeconds))) / 16_000.0;
        }
    }

    [Fact]
    public void A_busier_counter_costs_more_rungs_and_at_last_cannot_be_followed()
    {
        var rungs = new[] { 0.0, 5, 20, 50 }.Select(perSecond => LadderShape.Of(new(perSecond, 0), ProbeLimits.Fast).Rungs).ToArray();
        rungs.ShouldBe(rungs.Order());
        LadderShape.Of(new(2000, 0), ProbeLimits.Polite).Odds.ShouldBeLessThan(0.5);
    }

    /// <summary>Step by step: the k-th guess asks rung 2k, and our NAT gives it the port of the rung that drift, earlier guesses and other hosts between them have come to.</summary>
    private static bool Climbs(LadderShape shape, int drift, Func<int> others)
    {
        var counter = drift - shape.FirstDrift; // relative to the lowest rung, which the steps up were measured for
        for (var guess = 0; guess < shape.Guesses; guess++)
        {
            if (counter == 2 * guess)
            {
                return true;
            }

            counter += 1 + others();
        }

        return false;
    }

    private static int Poisson(SeededRandom random, double mean)
    {
        var (k, product, limit) = (0, Uniform(random), Math.Exp(-mean));
        while (product > limit)
        {
            product *= Uniform(random);
            k++;
        }

        return k;
    }

    private static double Uniform(SeededRandom random) => (random.Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>One side's filter lets in whatever comes from an address, and its port goes by the address: the other's ports may move as they like.</summary>
    [Theory]
    [InlineData(PortRuleKind.Step, 0, PortRuleKind.Random, 64_512, PredictionMethod.Learn, 0.995)]
    [InlineData(PortRuleKind.Step, 0, PortRuleKind.Step, 0, PredictionMethod.Learn, 0.995)]
    [InlineData(PortRuleKind.Block, 512, PortRuleKind.Step, 0, PredictionMethod.FanOut, 0.995)]
    [InlineData(PortRuleKind.Block, 512, PortRuleKind.Block, 512, PredictionMethod.FanOut, 0.995)]
    [InlineData(PortRuleKind.Step, 0, PortRuleKind.Kept, 0, PredictionMethod.Learn, 0.995)]
    public void A_side_that_is_met_from_any_port_is_met_as_if_the_others_stayed(PortRuleKind kind, int size, PortRuleKind other, int otherSize, PredictionMethod method, double odds)
    {
        var open = Moving(kind, size) with { Mapping = NatDependence.AddressDependent, Filtering = NatDependence.AddressDependent };
        var strict = Moving(other, otherSize) with { Mapped = Endpoint.Parse("192.0.2.7:9000") };
        foreach (var (own, peer, isOurs) in new[] { (open, strict, true), (strict, open, false) })
        {
            var plan = Plan(own, peer, ProbeMode.Polite);
            (plan.Method, plan.Opens).ShouldBe((method, isOurs));
            plan.Odds.ShouldBe(odds, 0.001);
        }

        var byPort = open with { Mapping = NatDependence.AddressAndPortDependent }; // its answers would leave by another port
        (Plan(byPort, strict, ProbeMode.Polite) is { Odds: > 0.99, Method: PredictionMethod.Learn or PredictionMethod.FanOut }).ShouldBeFalse();
    }

    [Fact]
    public void A_NAT_that_has_room_for_few_mappings_opens_no_more()
    {
        var narrow = Moving(PortRuleKind.Random, 64_512) with { Room = 256 };
        Plan(narrow, Easy, ProbeMode.Fast).ShouldSatisfyAllConditions(plan => plan.Mappings.ShouldBe(224), plan => plan.Odds.ShouldBe(PredictionMath.Meets(64_512, 224, plan.PeerPorts), 1e-9));
        Plan(narrow with { Room = 0 }, Easy, ProbeMode.Fast).Mappings.ShouldBe(624);
    }

    /// <summary>Held against the purse itself: whoever asks new ports as soon as it lets, while the server is asked once whether there is a ban.</summary>
    [Theory]
    [InlineData(PortRuleKind.Block, 1024, ProbeMode.Polite)]
    [InlineData(PortRuleKind.Block, 2048, ProbeMode.Bold)]
    [InlineData(PortRuleKind.Random, 64_512, ProbeMode.Fast)]
    public void Where_holes_close_soon_only_what_is_asked_by_then_counts(PortRuleKind kind, int size, ProbeMode mode)
    {
        var moving = Moving(kind, size) with { RoundTripMilliseconds = 40 };
        var still = Easy with { RoundTripMilliseconds = 40 };
        for (var seconds = 2.0; seconds < 20; seconds += 0.37)
        {
            var plan = Plan(moving with { UnansweredLifetime = seconds }, still, mode);
            var asked = Math.Min(Grants(ProbeLimits.Of(mode), seconds - 0.06), ProbeLimits.Of(mode).PerTarget);
            plan.Odds.ShouldBe(Math.Min(0.995, PredictionMath.Meets(size, plan.Mappings, asked)), 0.02, $"{seconds} s");
        }

        Plan(moving with { UnansweredLifetime = 120 }, still, mode).ShouldBe(Plan(moving, still, mode));
    }

    /// <summary>A peer may claim anything of its NAT.</summary>
    [Fact]
    public void Of_blocks_that_nobody_has_no_plan_is_nonsense()
    {
        foreach (var (size, addresses, filtering) in from size in Enumerable.Range(2, 30) from addresses in (int[])[1, 2, 60] from filtering in (NatDependence[])[NatDependence.EndpointIndependent, NatDependence.AddressDependent] select (size, addresses, filtering))
        {
            var own = Moving(PortRuleKind.Block, 256) with { Mapping = NatDependence.AddressDependent, Filtering = filtering };
            var peer = Moving(PortRuleKind.Block, size) with { Mapped = Endpoint.Parse("192.0.2.9:1"), MappedAddresses = addresses, OverloadsPorts = size % 2 == 0 };
            foreach (var plan in new[] { Plan(own, peer, ProbeMode.Fast), Plan(peer, own, ProbeMode.Polite) })
            {
                (plan.Odds is >= 0 and <= 1).ShouldBeTrue($"{size}: {plan}");
                Math.Min(plan.Ports, plan.PeerPorts).ShouldBeGreaterThanOrEqualTo(0, $"{size}: {plan}");
            }
        }
    }

    /// <summary>How many new ports of the peer's NAT, after two that the ordinary checks take.</summary>
    private static int Grants(ProbeLimits limits, double seconds)
    {
        var (budget, granted) = (new ProbeBudget(), -2);
        for (var now = 0; now <= seconds * 1000; now++)
        {
            var at = Instant.Zero + TimeSpan.FromMinutes(10) + TimeSpan.FromMilliseconds(now);
            if (now == ProbeLimits.BanSuspicion.TotalMilliseconds)
            {
                budget.NoteServer(Endpoint.Parse("203.0.113.1:443"), at);
            }

            granted += budget.TrySpend(new(Easy.Mapped.Address, (ushort)(20_000 + granted)), limits with { PerTarget = 10_000, FlowsPerTarget = 10_000 }, at, out _) ? 1 : 0;
        }

        return granted;
    }

    /// <summary>Both sides' questions open holes too, and meet only while both stand: against brute force over when they are asked.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(100)]
    public void Two_that_draw_meet_while_both_holes_stand(double seconds)
    {
        var (own, peer) = (Moving(PortRuleKind.Block, 512) with { UnansweredLifetime = seconds }, Moving(PortRuleKind.Block, 512) with { Mapped = Endpoint.Parse("192.0.2.9:1"), UnansweredLifetime = seconds });
        var times = Enumerable.Range(0, 256).Select(port => Math.Max(0, (port - 39) / 40.0)).ToArray();
        var together = times.Sum(mine => times.Count(theirs => Math.Abs(mine - theirs) < seconds));
        Plan(own, peer, ProbeMode.Fast).Odds.ShouldBe(1 - Math.Exp(-together / (512.0 * 512)), 0.01);
    }

    [Fact]
    public void Between_two_modes_the_plan_is_that_of_the_more_careful_one_in_either_order()
    {
        ProbeMode[] modes = [ProbeMode.Quiet, ProbeMode.Polite, ProbeMode.Bold, ProbeMode.Fast];
        foreach (var (own, peer) in new[] { (Easy, Moving(PortRuleKind.Block, 2048)), (Moving(PortRuleKind.Block, 1024), Easy), (Moving(PortRuleKind.Step, 0), Moving(PortRuleKind.Step, 0)) })
        {
            foreach (var (careful, bolder) in modes.SelectMany((mode, i) => modes.Skip(i).Select(bolder => (mode, bolder))))
            {
                Between(own, peer, careful, bolder).ShouldBe(Plan(own, peer, careful));
                Between(own, peer, bolder, careful).ShouldBe(Plan(own, peer, careful));
            }
        }
    }

    private static PredictionPlan Between(NatReport own, NatReport peer, ProbeMode mode, ProbeMode peerMode) =>
        PredictionPlanner.Plan(new(own, ProbeLimits.Between(mode, peerMode), IsCaller: true), new(peer, ProbeLimits.Between(peerMode, mode), IsCaller: false));

    private static PredictionPlan Plan(NatReport own, NatReport peer, ProbeMode mode) =>
        PredictionPlanner.Plan(new(own, ProbeLimits.Of(mode), IsCaller: true), new(peer, ProbeLimits.Of(mode), IsCaller: false));

    private static NatReport Moving(PortRuleKind kind, int size, int foreign = 5) => Report("203.0.113.9:40000", NatDependence.AddressAndPortDependent, new()
    {
        Kind = kind,
        Delta = kind == PortRuleKind.Step ? 1 : 0,
        BlockStart = size > 0 ? 1024 : 0,
        BlockSize = size,
        ForeignMappings = foreign,
        WatchedMilliseconds = 1000,
    });

    private static NatReport Report(string mapped, NatDependence mapping, PortRule ports) => new()
    {
        Family = IpFamily.V4,
        Local = Endpoint.Parse("192.168.1.2:5000"),
        Mapped = Endpoint.Parse(mapped),
        MappedAddresses = 1,
        IsTranslated = true,
        Mapping = mapping,
        Filtering = NatDependence.AddressAndPortDependent,
        Ports = ports,
    };
}
