using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Predicate;
using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Sessions.Calls.Prediction;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Whole calls in which something stands in a plan's way: a guard that bans, a purse that is empty, a report that comes late.</summary>
public class HeldUpCallTests
{
    private readonly PairMemories _memories = new();

    [Fact]
    public void A_guard_that_bans_what_is_new_stops_the_plan_and_is_named_while_the_relay_carries_on()
    {
        var guard = new GuardRules { Name = "strict", Model = GuardModel.Sliding, Threshold = 6, Window = 4, Side = GuardSide.Outgoing, Action = GuardAction.BansNewFlows, Ban = 8 };
        using var pair = World("linux", "block-2048", ProbeMode.Bold, seed: 5, change: pair => pair with { One = pair.One with { Firewall = new() { Guards = [guard] } } });
        pair.Connect().ShouldBeTrue();
        var call = pair.One.Peer.Calls[^1];
        Outcome(call).ShouldBe(PredictionOutcome.UnderWay);
        pair.World.RunUntil(() => Outcome(call) == PredictionOutcome.ShutOut, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        (pair.World.Now - call.StartedAt).ShouldBeInRange(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(8));

        var report = call.Machine.Report();
        report.Path.ShouldBe(PathKind.Relayed);
        report.Reasons.Select(reason => reason.Id).ShouldContain("scan-guard");
        report.Reasons.Select(reason => reason.Id).ShouldNotContain("budget-spent");
        report.Prediction!.Cause.ShouldEndWith("stopped, for a firewall seems to take this for a port scan");
        report.Steps.ShouldContain(step => step.What.StartsWith("Your firewall seems to treat this as a port scan"));
        _memories.All.ShouldBeEmpty("a ban is no failure of the method");

        var opened = report.Prediction.Ports;
        var channel = call.Open("chat");
        call.Say(channel, "still here");
        pair.World.Run(TimeSpan.FromSeconds(3));
        pair.Other.Peer.Calls[^1].Messages.Select(message => message.Text).ShouldContain("still here");
        call.Machine.Report().Prediction!.Ports.ShouldBe(opened, "nothing new is opened meanwhile");
        pair.World.Run(TimeSpan.FromSeconds(10));
        call.Machine.Report().Steps.ShouldContain(step => step.What == "Your firewall lets new flows through again.");
    }

    [Theory]
    [InlineData("block-512", "linux")]
    [InlineData("linux", "block-512")]
    public void A_ban_is_noticed_on_the_side_that_opens_a_fan_too(string one, string other)
    {
        var guard = new GuardRules { Name = "strict", Model = GuardModel.Sliding, Threshold = 21, Window = 3, Side = GuardSide.Outgoing, Action = GuardAction.BansNewFlows, Ban = 12 };
        var isOne = one == "block-512";
        using var pair = World(one, other, ProbeMode.Polite, seed: 5, change: pair => isOne
            ? pair with { One = pair.One with { Firewall = new() { Guards = [guard] } } }
            : pair with { Other = pair.Other with { Firewall = new() { Guards = [guard] } } });
        var home = isOne ? pair.One : pair.Other;
        pair.RunUntilReady().ShouldBeTrue();
        pair.One.Peer.Call(pair.Other.Peer.Name);
        pair.World.RunUntil(() => home.Peer.Calls is [var begun] && begun.Machine.Report().Prediction is { Outcome: PredictionOutcome.UnderWay }, TimeSpan.FromSeconds(5)).ShouldBeTrue();
        Scan(home.Computer, pair.Server.Endpoints[0].Address); // by another program of this computer
        var call = home.Peer.Calls[^1];
        pair.World.RunUntil(() => call.IsDirect || Outcome(call) == PredictionOutcome.ShutOut, TimeSpan.FromSeconds(10)).ShouldBeTrue();

        var report = call.Machine.Report();
        (report.Path, report.Prediction!.Outcome).ShouldBe((PathKind.Relayed, PredictionOutcome.ShutOut));
        report.Prediction.Mappings.ShouldBeGreaterThan(100, "the fan was opened");
        report.Reasons.Select(reason => reason.Id).ShouldContain("scan-guard");
        report.Steps.ShouldContain(step => step.What.StartsWith("Your firewall seems to treat this as a port scan"));
        pair.World.Run(TimeSpan.FromSeconds(30));
        call.Machine.Report().Steps.ShouldContain(step => step.What == "Your firewall lets new flows through again.");
    }

    [Fact]
    public void A_fan_that_has_used_up_its_router_is_not_taken_for_a_ban_alone_and_its_holes_stay_open()
    {
        var (stalled, found) = (0, 0);
        for (ulong seed = 1; seed <= 40; seed++)
        {
            using var pair = World("random", "linux", ProbeMode.Fast, seed, change: pair => pair with { One = Row("block-512", "random") });
            pair.Connect().ShouldBeTrue();
            var (call, answer) = (pair.One.Peer.Calls[^1], pair.Other.Peer.Calls[^1]);
            pair.World.RunUntil(() => call.IsDirect || call.Machine.Report().Steps.Any(step => step.What.Contains("no port left")), TimeSpan.FromSeconds(20)).ShouldBeTrue();
            if (call.IsDirect)
            {
                continue; // the other side was quicker
            }

            stalled++;
            Outcome(call).ShouldBe(PredictionOutcome.UnderWay);
            var reasons = call.Machine.Report().Reasons.Select(reason => reason.Id).ToArray();
            reasons.ShouldContain("new-flows-stall");
            reasons.ShouldNotContain("scan-guard");
            found += pair.World.RunUntil(() => call.IsDirect && answer.IsDirect, TimeSpan.FromSeconds(20)) && call.Path == PathKind.Predicted ? 1 : 0;
        }

        stalled.ShouldBeGreaterThan(0);
        found.ShouldBeGreaterThan(0, "the holes were left open");
    }

    [Fact]
    public void A_plan_whose_purse_is_empty_waits_says_so_and_goes_on_when_it_has_ports_again()
    {
        var budget = new ProbeBudget();
        using var pair = World("linux", "sequential-5", ProbeMode.Polite, seed: 5, change: pair => pair with { Budget = new Queue<IProbeBudget>([budget, new ProbeBudget()]).Dequeue });
        pair.RunUntilReady().ShouldBeTrue();
        var target = pair.Other.Gateways[0].Box.OuterAddresses[0];
        for (var i = 0; i < ProbeLimits.Polite.PerTarget; i++)
        {
            var spentAt = pair.World.Now + (0.1 * i * TimeSpan.FromSeconds(1));
            budget.TrySpend(new(target, (ushort)(30_000 + i)), ProbeLimits.Polite with { Burst = 99 }, spentAt, out _).ShouldBeTrue();
        }

        pair.World.Run(ProbeLimits.Polite.Window - TimeSpan.FromSeconds(9)); // the first of them comes back nine seconds from here
        pair.Connect().ShouldBeTrue();
        var call = pair.One.Peer.Calls[^1];
        pair.World.Run(TimeSpan.FromSeconds(6));
        var waiting = call.Machine.Report();
        (waiting.Path, waiting.Prediction!.Outcome, waiting.Prediction.Ports).ShouldBe((PathKind.Relayed, PredictionOutcome.UnderWay, 1), "one for the address in the other home");
        var reason = waiting.Reasons.Single(reason => reason.Id == "budget-spent");
        reason.Sentence.ShouldMatch(@"\d+ new ports? had to wait, up to [789] s; '--probe bold' on both sides would allow 80 ports of an address in 5 minutes\.$");

        pair.World.RunUntil(() => call.IsDirect && pair.Other.Peer.Calls[^1].IsDirect, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        (pair.World.Now - call.StartedAt).ShouldBeInRange(TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(14));
        (call.Path, Outcome(call)).ShouldBe((PathKind.Predicted, PredictionOutcome.Worked));
        call.Machine.Report().Reasons.Select(known => known.Id).ShouldNotContain("budget-spent");
    }

    /// <summary>The plan is for what the purse has once the ordinary checks are paid for.</summary>
    [Theory]
    [InlineData("linux", "block-1024", ProbeMode.Polite)]
    [InlineData("sequential-5", "block-512", ProbeMode.Polite)]
    [InlineData("block-512", "linux", ProbeMode.Quiet)]
    public void The_first_call_of_a_full_purse_finds_no_budget_spent(string one, string other, ProbeMode mode)
    {
        var relayed = 0;
        for (ulong seed = 1; seed <= 30; seed++)
        {
            using var trial = new Trial(CellRun.Plan(new(one, other, mode)), new SeededRandom(seed));
            trial.Run();
            foreach (var report in new[] { trial.Pair.One, trial.Pair.Other }.Select(home => home.Peer.Calls[^1].Machine.Report()).Where(report => report.Path == PathKind.Relayed))
            {
                relayed++;
                report.Reasons.Select(reason => reason.Id).ShouldNotContain("budget-spent", $"seed {seed}: {report.Reasons[^1].Sentence}");
            }
        }

        relayed.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("sequential-20", "linux", true, true)]
    [InlineData("sequential-20", "linux", true, false)]
    [InlineData("linux", "sequential-20", false, true)]
    [InlineData("sequential-5", "sequential-5", true, true)]
    [InlineData("block-512", "linux", true, true)]
    public void A_report_that_comes_after_the_call_has_begun_still_leads_to_a_predicted_path(string one, string other, bool callerIsLate, bool calleeIsLate)
    {
        using var pair = World(one, other, ProbeMode.Polite, seed: 5);
        var (here, there) = (pair.One.Peer, pair.Other.Peer);
        (here.BeginsUnmeasured, there.BeginsUnmeasured) = (callerIsLate, calleeIsLate);
        pair.Connect().ShouldBeTrue();
        pair.World.Run(TimeSpan.FromSeconds(3));
        var (call, answer) = (here.Calls[^1], there.Calls[^1]);
        (call.Path, call.Machine.Report().Prediction, answer.Machine.Report().Prediction).ShouldBe((PathKind.Relayed, null, null));
        call.Machine.Report().Reasons.Select(reason => reason.Id).ShouldContain("nat-unmeasured");

        var learntAt = pair.World.Now;
        Learn(pair, callerIsLate ? here : null, call, answer);
        Learn(pair, calleeIsLate ? there : null, answer, call);
        pair.World.RunUntil(() => call.IsDirect && answer.IsDirect, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        (pair.World.Now - learntAt).ShouldBeLessThan(TimeSpan.FromSeconds(2));
        (call.Path, Outcome(call), Outcome(answer)).ShouldBe((PathKind.Predicted, PredictionOutcome.Worked, PredictionOutcome.Worked));
        call.Machine.Report().Reasons.Select(reason => reason.Id).ShouldNotContain("nat-unmeasured");
    }

    /// <summary>One side has measured its NAT at last, and tells the other over the path that stands: 40 ms.</summary>
    private static void Learn(PairWorld pair, PeerProgram? late, PeerCall own, PeerCall other)
    {
        if (late?.Nat.Single() is { } report)
        {
            own.Do((machine, now) => machine.LearnNat(report, null, now));
            pair.World.At(TimeSpan.FromMilliseconds(40), () => other.Do((machine, now) => machine.LearnNat(null, report, now)));
        }
    }

    private static void Scan(Computer computer, IpAddress target)
    {
        var socket = computer.Bind(computer.Addresses[0], (_, _, _) => { });
        for (ushort port = 20_000; port < 20_021; port++)
        {
            computer.Send([0], socket, new(target, port));
        }
    }

    private static BoxDescription Row(params string[] boxes) => new() { Id = "row", Title = "a row", Summary = "", Row = boxes, Sources = new Dictionary<string, string>() };

    private static PredictionOutcome Outcome(PeerCall call) => call.Machine.Report().Prediction!.Outcome;

    private PairWorld World(string one, string other, ProbeMode mode, ulong seed, Func<PairOptions, PairOptions>? change = null)
    {
        var plan = CellRun.Plan(new(one, other, mode), pair => pair with { Memories = () => _memories, Link = pair.Link with { Loss = 0 } });
        return new(change?.Invoke(plan.Pair) ?? plan.Pair, new SeededRandom(seed));
    }
}
