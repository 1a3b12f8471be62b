using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Predicate;
using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Sessions.Calls;
using Postern.Sessions.Calls.Prediction;

namespace Postern.Tests.Predicate;

/// <summary>What a report says of ports that move: method, odds, price, outcome and cause, in whole calls.</summary>
public class ConnectReportTests
{
    [Fact]
    public void Two_routers_that_draw_are_relayed_at_once_with_the_reason_and_no_probe_is_wasted()
    {
        var (report, outcome) = Call("random", "random");
        report.Path.ShouldBe(PathKind.Relayed);
        outcome.FirstByteAfter!.Value.ShouldBeLessThan(TimeSpan.FromSeconds(1));
        var prediction = report.Prediction!;
        (prediction.Method, prediction.Outcome, prediction.Reason).ShouldBe((PredictionMethod.None, PredictionOutcome.NotTried, "both-ports-drawn"));
        (prediction.Mappings, prediction.Packets).ShouldBe((0, 2L)); // two questions to the own server: is there a guard?
        prediction.Cause.ShouldMatch(@"^both routers take a new random port for each destination: 1 in \d,\d00,000,000 per port within the polite budget, less than 0\.1 % in all, not tried$");
        report.Reasons.Select(reason => (reason.Id, reason.Side)).ShouldBe([("nat-dependent-mapping", "you"), ("nat-dependent-mapping", "peer"), ("both-ports-drawn", "both")]);
        report.Reasons.ShouldAllBe(reason => reason.Remedies.Count > 0 && reason.Remedy == reason.Remedies[0] && reason.Page == $"docs/reasons/{reason.Id}.md");
        report.Attempts.ShouldContain(attempt => attempt.Outcome == "used" && attempt.Method == ForecastMethod.Relay && attempt.Odds == 0.999);
        report.Attempts.Sum(attempt => attempt.Ports).ShouldBe(prediction.Ports); // nothing but ordinary checks
        report.Attempts.ShouldContain(attempt => attempt.Method == ForecastMethod.LocalNetwork && attempt.Odds == 0 && attempt.Cause == "nothing came back");
    }

    [Fact]
    public void What_the_polite_budget_would_hardly_ever_meet_is_not_tried_and_the_figures_say_why()
    {
        var (report, _) = Call("port-restricted", "random");
        report.Path.ShouldBe(PathKind.Relayed);
        var prediction = report.Prediction!;
        (prediction.Method, prediction.Outcome, prediction.Reason, prediction.Mode).ShouldBe((PredictionMethod.None, PredictionOutcome.NotTried, "ports-drawn-from-too-many", ProbeMode.Polite));
        prediction.Odds.ShouldBe(PredictionMath.Meets(64512, 196, 14), 5e-3); // sixteen samples do not show all of the range
        prediction.Cause.ShouldMatch(@"^their router takes a new random port for each destination: 1 in 3\d0 per port within the polite budget, 4(\.\d)? % in all, not tried$");
        var reason = report.Reasons.Single(reason => reason.Id == "ports-drawn-from-too-many");
        (reason.Side, reason.Sentence).ShouldBe(("peer", "Their router draws its ports from so many that the probe budget would hardly ever meet one."));
        reason.Remedies.ShouldContain(remedy => remedy.Contains("--probe fast"));
        report.Attempts.ShouldContain(attempt => attempt.Method == ForecastMethod.Punch && attempt.Odds < 0.001 && attempt.Outcome != "used");
    }

    [Fact]
    public void A_counter_that_was_learnt_is_told_with_its_price()
    {
        var (report, _) = Call("sequential-20", "linux");
        report.Path.ShouldBe(PathKind.Predicted);
        var prediction = report.Prediction!;
        (prediction.Method, prediction.Outcome, prediction.Reason).ShouldBe((PredictionMethod.Learn, PredictionOutcome.Worked, "ports-counted"));
        prediction.Cause.ShouldBe("your router takes the next port in a row for each destination: 99.5 % within the polite budget, it worked");
        prediction.Packets.ShouldBeGreaterThan(0);
        prediction.Mappings.ShouldBeGreaterThanOrEqualTo(3);
        prediction.LearntAfter!.Value.ShouldBeInRange(1, 1000);
        report.Reasons.Select(reason => (reason.Id, reason.Side)).ShouldBe([("ports-counted", "you")]);
        report.Attempts.Single(attempt => attempt.Outcome == "used").Method.ShouldBe(ForecastMethod.Predict);
    }

    [Fact]
    public void A_block_that_was_met_is_told_with_its_odds()
    {
        var (report, _) = Enumerable.Range(1, 8).Select(seed => Call("port-restricted", "block-512", (ulong)seed)).First(run => run.Report.Path == PathKind.Predicted);
        var prediction = report.Prediction!;
        (prediction.Method, prediction.Outcome, prediction.Reason).ShouldBe((PredictionMethod.FanOut, PredictionOutcome.Worked, "ports-drawn-from-range"));
        prediction.Cause.ShouldMatch(@"^their router takes a random port of its block of \d+ for each destination: (1 in [23](\.\d)? per port within the polite budget, )?9\d(\.\d)? % .*, it worked$");
        report.Reasons.Select(reason => (reason.Id, reason.Side)).ShouldBe([("ports-drawn-from-range", "peer")]);
    }

    [Fact]
    public void Every_attempt_says_at_any_time_why_that_is_its_outcome()
    {
        using var trial = new Trial(CellRun.Plan(new("linux", "block-512", ProbeMode.Polite)), LabRandom.OfWorld(1));
        var seen = new HashSet<string>();
        trial.Pair.RunUntilReady().ShouldBeTrue();
        trial.Pair.One.Peer.Call(trial.Pair.Other.Peer.Name);
        trial.Pair.World.RunUntil(() => !Homes(trial).SelectMany(home => home.Peer.Calls).All(call => Notes(call.Machine.Report(), seen)), TimeSpan.FromSeconds(40)).ShouldBeFalse();
        seen.Except(["used: both sides agreed on it", "worked: both sides agreed on another path"]).Order().ShouldBe([
            "failed: nothing came back", "untried: held back while ports are predicted", "untried: its turn has not come", "untried: the budget puts it off",
            "untried: the other side sends first", "used: the best path that works", "waiting: no answer yet", "worked: another path is better", "worked: it works, but better ones are held"]);
    }

    [Fact]
    public void What_nobody_can_say_beforehand_of_a_shared_network_has_no_odds()
    {
        using var trial = new Trial(CellRun.Plan(new("linux", "linux", ProbeMode.Polite)), LabRandom.OfWorld(1));
        trial.Pair.One.Peer.BeginsUnmeasured = true;
        trial.Run();
        var attempts = trial.Pair.One.Peer.Calls[^1].Machine.Report().Attempts.Where(attempt => attempt.Method == ForecastMethod.LocalNetwork).ToArray();
        attempts.ShouldNotBeEmpty();
        attempts.ShouldAllBe(attempt => attempt.Odds == null);
    }

    [Theory]
    [InlineData("block-512", "block-512", ProbeMode.Fast, PredictionMethod.Lottery)]
    [InlineData("sequential-5", "sequential-5", ProbeMode.Polite, PredictionMethod.Ladder)]
    [InlineData("sequential-20", "linux", ProbeMode.Polite, PredictionMethod.Learn)]
    [InlineData("sequential-5", "block-512", ProbeMode.Polite, PredictionMethod.FanToLearned)]
    public void The_mappings_that_are_stated_are_those_that_the_router_made(string one, string other, ProbeMode mode, PredictionMethod method)
    {
        for (ulong seed = 1; seed <= 8; seed++)
        {
            using var trial = new Trial(CellRun.Plan(new(one, other, mode), pair => pair with { Watch = [] }), LabRandom.OfWorld(seed));
            trial.Pair.RunUntilReady().ShouldBeTrue();
            var before = Homes(trial).Select(Made).ToArray();
            trial.Run();
            trial.Pair.World.Run(TimeSpan.FromSeconds(10)); // until all ordinary checks have left
            foreach (var (home, earlier) in Homes(trial).Zip(before))
            {
                var prediction = home.Peer.Calls[^1].Machine.Report().Prediction!;
                prediction.Method.ShouldBe(method);
                var ordinary = PortClasses.Of(home.Peer.Nat.Single()) == PortClass.Stays ? 1 : 4; // the server, its relay, the peer's host and relayed candidates
                (Made(home) - earlier - prediction.Mappings).ShouldBeInRange(ordinary, ordinary + 1, $"seed {seed}: {prediction}"); // and a second question to the server, where a ban is suspected
                prediction.Mappings.ShouldBeLessThanOrEqualTo(prediction.MostMappings, $"seed {seed}: {prediction}");
            }
        }
    }

    [Fact]
    public void Guesses_at_one_address_take_one_mapping_where_the_router_makes_one_for_each_address()
    {
        using var trial = new Trial(
            CellRun.Plan(new("block-512", "block-512", ProbeMode.Fast), pair => pair with { One = MapsByAddress(pair.One), Other = MapsByAddress(pair.Other), Watch = [] }), LabRandom.OfWorld(1));
        trial.Pair.RunUntilReady().ShouldBeTrue();
        var before = Made(trial.Pair.One);
        trial.Run();
        var prediction = trial.Pair.One.Peer.Calls[^1].Machine.Report().Prediction!;
        (prediction.Method, prediction.Mappings).ShouldBe((PredictionMethod.Lottery, 1), $"{prediction}");
        (Made(trial.Pair.One) - before).ShouldBeInRange(3, 4); // and to the server and the peer's host address, and once more to the server
        prediction.Ports.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void A_purse_counts_what_it_put_off_until_it_is_paid()
    {
        var allowance = new ProbeAllowance(new ProbeBudget(), ProbeLimits.Quiet);
        var address = IpAddress.Parse("198.51.100.7");
        for (ushort port = 40000; port < 40006; port++)
        {
            allowance.TrySpend(new(address, port), Instant.Zero + TimeSpan.FromSeconds(port - 40000), out _);
        }

        (allowance.Ports, allowance.Waiting).ShouldBe((4, 2));
        allowance.LongestWait.ShouldBe(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(4));
        allowance.TrySpend(new(address, 40005), Instant.Zero + TimeSpan.FromHours(1), out _).ShouldBeTrue();
        (allowance.Ports, allowance.Waiting, allowance.IsPaid(new(address, 40005))).ShouldBe((5, 1, true));
    }

    [Fact]
    public void A_call_that_finds_the_budget_spent_says_what_waits_and_which_mode_would_allow_more()
    {
        using var trial = new Trial(CellRun.Plan(new("port-restricted", "block-512", ProbeMode.Polite)), LabRandom.OfWorld(1));
        trial.Run();
        trial.Pair.One.Peer.Calls[^1].Do((machine, now) => machine.Close(now));
        trial.Pair.World.Run(TimeSpan.FromSeconds(5));
        trial.Pair.One.Peer.Call(trial.Pair.Other.Peer.Name);
        trial.Pair.World.Run(TimeSpan.FromSeconds(15));
        var report = trial.Pair.Other.Peer.Calls[^1].Machine.Report();
        report.Path.ShouldBe(PathKind.Relayed); // its many holes of before still stand
        report.Reasons.Select(reason => (reason.Id, reason.Side)).ShouldBe([
            ("nat-dependent-mapping", "you"), ("nat-strict-filtering", "peer"), ("ports-drawn-from-range", "you"), ("budget-spent", "you")]);
        report.Reasons[^1].Sentence.ShouldMatch(
            @"^The probe budget of your network is spent, so that new ports have to wait\. \d+ mappings could not be made; the older ones count for two minutes, and '--probe fast' on both sides would allow 640\.$");
    }

    /// <summary>Whether all of it is true as far as the report itself shows.</summary>
    private static bool Notes(ConnectReport report, HashSet<string> seen)
    {
        seen.UnionWith(report.Attempts.Select(attempt => $"{attempt.Outcome}: {attempt.Cause}"));
        return (report.Attempts.Count(attempt => attempt.Outcome == "used") == 1 || report.Attempts.All(attempt => attempt.Outcome != "worked"))
            && report.Attempts.All(attempt => attempt.Cause != "held back while ports are predicted" || report.Prediction!.Outcome == PredictionOutcome.UnderWay);
    }

    private static Home[] Homes(Trial trial) => [trial.Pair.One, trial.Pair.Other];

    private static int Made(Home home) => (int)home.Gateways.Select(gateway => gateway.Box).Cast<NatBox>().Sum(box => box.Stats.MappingsMade);

    private static BoxDescription MapsByAddress(BoxDescription box) =>
        box with { NatOf = null, Nat = BoxCatalogue.Nat(box)! with { Mapping = NatDependence.AddressDependent } };

    private static (ConnectReport Report, TrialOutcome Outcome) Call(string one, string other, ulong seed = 1)
    {
        using var trial = new Trial(CellRun.Plan(new(one, other, ProbeMode.Polite)), LabRandom.OfWorld(seed));
        var outcome = trial.Run();
        return (trial.Pair.One.Peer.Calls[^1].Machine.Report(), outcome);
    }
}
