using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>NATs with several outer addresses: what a report tells of them, and whether the planner's odds are those of the draw itself.</summary>
public class AddressPoolTests
{
    private static readonly NatReport Easy = Report([], NatDependence.EndpointIndependent, new() { Kind = PortRuleKind.Kept }, "192.0.2.7:5000");

    [Fact]
    public void A_report_shows_the_addresses_the_most_frequent_first_and_no_more_than_may_be_asked()
    {
        var pool = AddressPool.Of(Roaming("203.0.113.2:1", "203.0.113.3:2", "203.0.113.3:3", "203.0.113.3:3", "203.0.113.4:4", "203.0.113.5:5", "203.0.113.6:6"));
        (pool.Count, pool.Asked, pool.Unseen).ShouldBe((6, 4, 5 / 8.0), "five of eight mappings had an address that no other had");
        pool.Share.ShouldBe(4 / 6.0 * 3 / 8, 1e-9);
        pool.Known.Select(address => $"{address}").ShouldBe(["203.0.113.3", "203.0.113.1", "203.0.113.2", "203.0.113.4"]);
    }

    /// <summary>Of seventeen mappings it is what sixteen would have missed, which is known.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void What_samples_have_not_shown_is_as_likely_as_foretold(int addresses)
    {
        var random = new SeededRandom(5);
        var foretold = 0.0;
        for (var trial = 0; trial < 3000; trial++)
        {
            var drawn = Enumerable.Range(0, 17).Select(_ => 1 + (int)(random.Next() % (ulong)addresses)).ToArray();
            foretold += AddressPool.Of(Roaming([.. drawn.Skip(1).Select(address => $"203.0.113.{address}:5")]) with { Mapped = Endpoint.Parse($"203.0.113.{drawn[0]}:5") }).Unseen;
        }

        (foretold / 3000).ShouldBe(Math.Pow(1 - (1.0 / addresses), 16), 0.006);
    }

    [Fact]
    public void Nobody_is_sent_to_addresses_that_are_no_routers()
    {
        var pool = AddressPool.Of(Roaming("127.0.0.1:1", "224.0.0.251:5353", "0.0.0.0:2", "[2001:db8::1]:3", "203.0.113.2:4"));
        pool.Known.Select(address => $"{address}").ShouldBe(["203.0.113.1", "203.0.113.2"]);
        AddressPool.Of(Roaming() with { Mapped = Endpoint.Parse("127.0.0.1:1") }).Count.ShouldBe(1);
    }

    /// <summary>A report that names many addresses and shows none that could be a router's.</summary>
    [Fact]
    public void Odds_are_numbers_whatever_a_report_says()
    {
        var odd = Report(["127.0.0.2:7"], NatDependence.AddressDependent, new() { Kind = PortRuleKind.Kept }, "127.0.0.1:5000") with { MappedAddresses = 9 };
        foreach (var peer in new[] { Counting(2), Drawing(512, 2), Roaming("203.0.113.2:1") })
        {
            foreach (var plan in new[] { Plan(odd, peer), Plan(peer, odd) })
            {
                plan.Odds.ShouldBeInRange(0, 1);
            }
        }
    }

    [Fact]
    public void A_port_that_stays_keeps_its_address()
    {
        PortClasses.Of(Roaming("203.0.113.2:1")).ShouldBe(PortClass.Roams);
        AddressPool.Of(Roaming("203.0.113.2:1") with { Mapping = NatDependence.EndpointIndependent }).Count.ShouldBe(1);
        AddressPool.Of(Roaming("203.0.113.2:1") with { MappedAddresses = int.MaxValue }).Share.ShouldBeInRange(0, 0.01);
    }

    [Fact]
    public void Two_that_were_seen_behind_one_of_several_addresses_share_a_router()
    {
        var (one, other) = (Roaming("203.0.113.2:1", "203.0.113.3:2"), Roaming("203.0.113.3:9") with { Mapped = Endpoint.Parse("203.0.113.9:9") });
        Plan(one, other).Reason.ShouldBe("same-router");
        Forecast.Between(one, other)[0].Method.ShouldBe(ForecastMethod.LocalNetwork);
        Plan(one, Roaming() with { Mapped = Endpoint.Parse("203.0.113.9:9") }).Reason.ShouldNotBe("same-router");
    }

    [Theory]
    [InlineData(NatDependence.EndpointIndependent, PredictionMethod.None)]
    [InlineData(NatDependence.AddressDependent, PredictionMethod.Pool)]
    [InlineData(NatDependence.AddressAndPortDependent, PredictionMethod.None)]
    public void A_filter_that_looks_at_addresses_is_opened_towards_each_however_the_ports_move(NatDependence filtering, PredictionMethod method)
    {
        var plan = Plan(Easy with { Filtering = filtering }, Drawing(60_000, 2));
        plan.Method.ShouldBe(method);
        (plan.Ports, plan.Opens).ShouldBe(method == PredictionMethod.Pool ? (2, false) : (plan.Ports, plan.Opens));
        plan.Reason.ShouldBe(method == PredictionMethod.Pool ? "addresses-drawn" : filtering == NatDependence.EndpointIndependent ? "filter-lets-port-in" : "ports-on-too-many-addresses");
    }

    [Fact]
    public void More_addresses_than_can_be_asked_cost_odds_and_at_last_all()
    {
        Plan(Easy, Counting(1)).Odds.ShouldBe(0.995, 1e-9);
        Plan(Easy, Counting(4)).Odds.ShouldBe(0.995 * (1 - Math.Pow(Math.Pow(3 / 4.0, 16), 3)), 1e-9, "sixteen samples may not have shown the one that a round takes");
        Plan(Easy, Counting(8)).Odds.ShouldBe(0.995 * 7 / 8, 1e-9, "half of them in each of three rounds");
        Plan(Easy, Counting(400)).ShouldSatisfyAllConditions(plan => plan.Reason.ShouldBe("ports-on-too-many-addresses"), plan => plan.Odds.ShouldBeInRange(0.02, 0.04));
        Plan(Easy, Roaming() with { MappedAddresses = 400 }).ShouldSatisfyAllConditions(plan => plan.Reason.ShouldBe("addresses-drawn-from-too-many"), plan => plan.Odds.ShouldBe(0.995 / 100, 1e-9));
    }

    [Fact]
    public void A_ladder_draws_addresses_anew_in_each_round_and_needs_to_know_them_all()
    {
        var (alone, shared) = (Ladder(1, 1), Ladder(1, 2));
        (alone.Method, shared.Method).ShouldBe((PredictionMethod.Ladder, PredictionMethod.Ladder));
        shared.Odds.ShouldBeInRange(alone.Odds / 2, alone.Odds);
        Ladder(2, 2).Odds.ShouldBeLessThan(shared.Odds);
        Ladder(1, 5).ShouldSatisfyAllConditions(plan => plan.Method.ShouldBe(PredictionMethod.None), plan => plan.Reason.ShouldBe("ports-on-too-many-addresses"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(11)]
    public void A_peer_that_is_no_Postern_is_told_no_more_candidates_than_it_may_be(int candidates)
    {
        foreach (var own in new[] { Roaming("203.0.113.2:1"), Counting(2), Counting(4), Drawing(128, 2) })
        {
            var plan = PredictionPlanner.PlanForeign(new(own, ProbeLimits.Polite, IsCaller: true), candidates);
            plan.Opens.ShouldBeTrue($"{plan}");
            (plan.Method == PredictionMethod.None || plan.PeerPorts <= Math.Max(candidates, own.MappedAddresses)).ShouldBeTrue($"{plan}");
        }
    }

    /// <summary>Every way in which both could draw: each address of ours towards each of theirs.</summary>
    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(5, 5)]
    public void Two_that_roam_meet_as_often_as_a_count_of_all_draws_says(int here, int there)
    {
        var (own, other) = (new AddressPool([], here), new AddressPool([], there));
        var (met, all) = (0, 0);
        foreach (var towards in Draws(here, other.Asked)) // our address towards each of theirs that we ask
        {
            foreach (var back in Draws(there, own.Asked))
            {
                all++;
                met += Enumerable.Range(0, other.Asked).Any(their => towards[their] < own.Asked && back[towards[their]] == their) ? 1 : 0;
            }
        }

        PredictionMath.BothRoam(own, other).ShouldBe((double)met / all, 1e-9);
    }

    /// <summary>Holes drawn one by one: an address by lot, and a port that is free there; then the same ports at all addresses that are asked.</summary>
    [Theory]
    [InlineData(512, 2, ProbeMode.Polite)]
    [InlineData(512, 4, ProbeMode.Polite)]
    [InlineData(1024, 3, ProbeMode.Polite)]
    [InlineData(2048, 8, ProbeMode.Bold)]
    public void A_fan_over_several_addresses_is_met_as_often_as_the_draw_itself_says(int range, int addresses, ProbeMode mode)
    {
        var limits = ProbeLimits.Of(mode);
        var plan = PredictionPlanner.Plan(new(Drawing(range, addresses), limits, true), new(Easy, limits, false));
        var random = new SeededRandom(11);
        const int trials = 3000;
        var met = Enumerable.Range(0, trials).Count(_ => Meets(random, range, addresses, plan.Mappings, plan.PeerPorts, Math.Min(addresses, AddressPool.Most)));
        ((double)met / trials).ShouldBe(plan.Odds, 0.025);
        plan.PeerPorts.ShouldBeLessThanOrEqualTo(limits.PerTarget * AddressPool.Most);
    }

    [Fact]
    public void Both_sides_draw_the_same_plan_and_none_overdraws()
    {
        NatReport[] all = [Easy, Roaming("203.0.113.2:1"), Counting(2), Counting(8), Drawing(512, 2), Drawing(64_512, 4), Roaming() with { MappedAddresses = int.MaxValue }];
        foreach (var limits in new[] { ProbeLimits.Quiet, ProbeLimits.Polite, ProbeLimits.Bold, ProbeLimits.Fast })
        {
            foreach (var (own, peer) in all.SelectMany(own => all.Select(peer => (own, peer with { Mapped = Endpoint.Parse("192.0.2.99:9"), Ports = peer.Ports with { Samples = [] } }))))
            {
                var (here, there) = (PredictionPlanner.Plan(new(own, limits, true), new(peer, limits, false)), PredictionPlanner.Plan(new(peer, limits, false), new(own, limits, true)));
                (there.Method, there.Odds, there.Reason, there.Ports, there.PeerPorts).ShouldBe((here.Method, here.Odds, here.Reason, here.PeerPorts, here.Ports));
                here.Odds.ShouldBeInRange(0, 1);
                here.Ports.ShouldBeLessThanOrEqualTo(limits.PerTarget * AddressPool.Most);
                (here.Method == PredictionMethod.None || here.Mappings <= limits.Mappings).ShouldBeTrue($"{here}");
            }
        }
    }

    private static bool Meets(SeededRandom random, int range, int addresses, int sockets, int pairs, int asked)
    {
        var holes = new HashSet<(int, int)>();
        for (var socket = 0; socket < sockets; socket++)
        {
            var address = (int)(random.Next() % (ulong)addresses);
            while (!holes.Add((address, (int)(random.Next() % (ulong)range))))
            {
            }
        }

        var ports = new HashSet<int>();
        for (var pair = 0; pair < pairs;)
        {
            var port = (int)(random.Next() % (ulong)range);
            for (var address = 0; ports.Add(port + (address == 0 ? 0 : range * address)) && address < asked && pair < pairs; address++, pair++)
            {
                if (holes.Contains((address, port)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static IEnumerable<int[]> Draws(int values, int length) =>
        Enumerable.Range(0, (int)Math.Pow(values, length)).Select(number => Enumerable.Range(0, length).Select(digit => number / (int)Math.Pow(values, digit) % values).ToArray());

    private static PredictionPlan Plan(NatReport own, NatReport peer) => PredictionPlanner.Plan(new(own, ProbeLimits.Polite, IsCaller: true), new(peer, ProbeLimits.Polite, IsCaller: false));

    private static PredictionPlan Ladder(int here, int there) => Plan(Counting(here), Counting(there) with { Mapped = Endpoint.Parse("192.0.2.7:5000") });

    private static NatReport Roaming(params string[] seen) => Report(seen, NatDependence.AddressAndPortDependent, new() { Kind = PortRuleKind.Kept });

    private static NatReport Counting(int addresses) =>
        Report([], NatDependence.AddressAndPortDependent, new() { Kind = PortRuleKind.Step, Delta = 1, WatchedMilliseconds = 1000 }) with { MappedAddresses = addresses };

    private static NatReport Drawing(int range, int addresses) =>
        Report([], NatDependence.AddressAndPortDependent, new() { Kind = PortRuleKind.Block, BlockStart = 1024, BlockSize = range }) with { MappedAddresses = addresses };

    private static NatReport Report(string[] seen, NatDependence mapping, PortRule ports, string mapped = "203.0.113.1:5000") => new()
    {
        Family = IpFamily.V4,
        Local = Endpoint.Parse("192.168.1.2:5000"),
        Mapped = Endpoint.Parse(mapped),
        MappedAddresses = 1 + seen.Select(text => Endpoint.Parse(text).Address).Distinct().Count(),
        IsTranslated = true,
        Mapping = mapping,
        Filtering = NatDependence.AddressAndPortDependent,
        Ports = ports with { Samples = [.. seen.Select(text => new PortSample(5000, Endpoint.Parse("192.0.2.1:3478"), Endpoint.Parse(text)))] },
    };
}
