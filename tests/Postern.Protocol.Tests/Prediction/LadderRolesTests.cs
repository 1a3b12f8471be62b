using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Which of two sides climbs whose NATs both count, and at which odds: against brute force, round by round, over what others take from either counter.</summary>
public class LadderRolesTests
{
    private const int Trials = 4000;
    private const double RoundTrip = 0.04;
    private const double Lateness = 0.005; // from an answer to what it leads to

    private static readonly int[] PerSecond = [0, 5, 20, 35, 100, 300];

    [Theory]
    [InlineData(ProbeMode.Polite)]
    [InlineData(ProbeMode.Bold)]
    [InlineData(ProbeMode.Fast)]
    public void Whoever_calls_the_better_roles_are_chosen_and_their_odds_come_true(ProbeMode mode)
    {
        var limits = ProbeLimits.Of(mode);
        var met = PerSecond.ToDictionary(perSecond => perSecond, perSecond => Met(perSecond, limits)); // where this counter is the one that climbs
        foreach (var (caller, callee) in PerSecond.SelectMany(caller => PerSecond.Select(callee => (caller, callee))))
        {
            var plan = Plan(Side(caller, limits, isCaller: true), Side(callee, limits, isCaller: false));
            var (chosen, other) = plan.Opens ? (met[callee], met[caller]) : (met[caller], met[callee]);
            chosen.ShouldBeGreaterThan(other - 0.03, $"{caller} calls {callee}: {plan}");
            chosen.ShouldBe(plan.Odds, 0.03, $"{caller} calls {callee}: {plan}");
        }
    }

    [Theory]
    [InlineData(5, 5, false)]
    [InlineData(5, 100, false)]
    [InlineData(100, 5, true)]
    [InlineData(35, 20, true)]
    [InlineData(100, 100, false)]
    public void The_caller_opens_only_where_its_counter_is_the_busier_one(int caller, int callee, bool opens) =>
        Plan(Side(caller, ProbeLimits.Polite, isCaller: true), Side(callee, ProbeLimits.Polite, isCaller: false)).Opens.ShouldBe(opens);

    /// <summary>Where the budget is wide enough for both, the quieter counter needs fewer rungs.</summary>
    [Fact]
    public void Of_roles_with_the_same_odds_those_are_chosen_that_open_half_the_ports_or_fewer()
    {
        var (calm, busy) = (Side(5, ProbeLimits.Fast, isCaller: false), Side(100, ProbeLimits.Fast, isCaller: true));
        var (plan, usual) = (Plan(busy, calm), Plan(busy with { ChoosesRoles = false }, calm));
        (plan.Opens, usual.Opens, plan.Odds).ShouldBe((true, false, usual.Odds));
        (2 * plan.Ports).ShouldBeLessThanOrEqualTo(usual.PeerPorts);
        Plan(Side(20, ProbeLimits.Fast, isCaller: true), Side(15, ProbeLimits.Fast, isCaller: false)).Opens.ShouldBeFalse("a little is no reason");
    }

    [Fact]
    public void Both_sides_choose_alike_whatever_they_may_spend_and_however_far_the_server_is()
    {
        ProbeMode[] modes = [ProbeMode.Quiet, ProbeMode.Polite, ProbeMode.Bold];
        double[] trips = [0, 8, 400];
        foreach (var (one, other, mine, theirs, trip) in
            from one in PerSecond from other in PerSecond from mine in modes from theirs in modes from trip in trips select (one, other, mine, theirs, trip))
        {
            var caller = Side(one, ProbeLimits.Of(mine), isCaller: true, trip);
            var callee = Side(other, ProbeLimits.Of(theirs), isCaller: false);
            var (here, there) = (Plan(caller, callee), Plan(callee, caller));
            (there.Method, there.Odds, there.Reason, there.Ports, there.PeerPorts).ShouldBe((here.Method, here.Odds, here.Reason, here.PeerPorts, here.Ports));
            there.Opens.ShouldBe(!here.Opens, $"{caller} calls {callee}");
        }
    }

    [Fact]
    public void Towards_an_earlier_version_the_caller_climbs_in_any_case()
    {
        var (caller, callee) = (Side(100, ProbeLimits.Polite, isCaller: true), Side(5, ProbeLimits.Polite, isCaller: false));
        Plan(caller, callee with { ChoosesRoles = false }).Opens.ShouldBeFalse();
        Plan(callee, caller with { ChoosesRoles = false }).Opens.ShouldBeTrue();
    }

    [Fact]
    public void What_the_counter_shows_during_the_call_changes_the_odds_and_not_the_roles()
    {
        var (caller, callee) = (Side(100, ProbeLimits.Polite, isCaller: true), Side(5, ProbeLimits.Polite, isCaller: false));
        var (before, after) = (Plan(caller, callee), PredictionPlanner.Plan(caller, callee, new CrossTraffic(300, 10)));
        (before.Opens, after.Opens).ShouldBe((true, true));
        after.Odds.ShouldBeLessThan(before.Odds - 0.1);
    }

    /// <summary>
    /// A whole plan, round by round, until a purse is empty: of the last round only those rungs stand that the opener can still pay
    /// for, one port of each purse goes to the address in the other home, and three mappings of the climber's to ordinary checks; a climb for which it has too few questions left is not made.
    /// </summary>
    private static double Met(int perSecond, ProbeLimits limits)
    {
        var random = new SeededRandom(17);
        var shape = LadderShape.Of(new(perSecond, Math.Sqrt(Math.Max(1, perSecond))), limits, RoundTrip * 1000, RoundTrip * 1000);
        return Enumerable.Range(0, Trials).Count(_ =>
        {
            var (rungs, guesses, mappings, questions) = (limits.PerTarget - 1, limits.PerTarget - 1, limits.Mappings - 3, limits.FlowsPerTarget - ProbeLimits.FlowsToServer - 3);
            for (var round = 0; round < PredictionPlanner.LadderRounds; round++)
            {
                var asked = 2 + Math.Max(0, shape.Lead - 2 - shape.FirstDrift - Poisson(random, perSecond * FromLookToLook(shape, limits)));
                (mappings, questions) = (mappings - asked - shape.Guesses, questions - asked);
                if (mappings < 0 || questions < 0)
                {
                    return false;
                }

                var (opened, guessed) = (Math.Min(rungs, shape.Rungs), Math.Min(guesses, shape.Guesses));
                if (Climbs(shape with { Guesses = Math.Min(guessed, (opened + 1) / 2) }, perSecond, limits.Spacing.TotalSeconds, random))
                {
                    return true;
                }

                (rungs, guesses) = (rungs - opened, guesses - guessed);
            }

            return false;
        }) / (double)Trials;
    }

    /// <summary>Answer, notice, one rung after the other, the answer to the last, notice.</summary>
    private static double FromLookToLook(LadderShape shape, ProbeLimits limits) => (4 * RoundTrip) + ((shape.Rungs - 1) * limits.Spacing.TotalSeconds);

    /// <summary>The k-th guess asks rung 2k, and the NAT gives it the port that drift, earlier guesses and other hosts between them have come to.</summary>
    private static bool Climbs(LadderShape shape, int perSecond, double spacing, SeededRandom random)
    {
        var counter = Poisson(random, perSecond * (RoundTrip + Lateness)) - shape.FirstDrift;
        for (var guess = 0; guess < shape.Guesses; guess++)
        {
            if (counter == 2 * guess)
            {
                return true;
            }

            counter += 1 + Poisson(random, perSecond * spacing);
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

    private static PredictionPlan Plan(PredictionSide own, PredictionSide peer) => PredictionPlanner.Plan(own, peer);

    private static PredictionSide Side(int perSecond, ProbeLimits limits, bool isCaller, double roundTrip = RoundTrip * 1000) => new(
        new()
        {
            Family = IpFamily.V4,
            Local = Endpoint.Parse("192.168.1.2:5000"),
            Mapped = Endpoint.Parse(isCaller ? "203.0.113.9:40000" : "192.0.2.7:9000"),
            MappedAddresses = 1,
            IsTranslated = true,
            Mapping = NatDependence.AddressAndPortDependent,
            Filtering = NatDependence.AddressAndPortDependent,
            RoundTripMilliseconds = roundTrip,
            Ports = new() { Kind = PortRuleKind.Step, Delta = 1, ForeignMappings = perSecond, WatchedMilliseconds = 1000 },
        },
        limits,
        isCaller);
}
