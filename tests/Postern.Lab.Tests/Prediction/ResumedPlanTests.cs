using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;
using Postern.Sessions.Calls.Prediction;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>
/// Calls that a guard has held up, for another program of the same computer has scanned: once the ban is over, and not before, a single
/// question finds that out, and both sides take the plan up again, on a purse at which nobody alarms.
/// </summary>
public class ResumedPlanTests
{
    private const double OfPsd = 12; // seconds
    private const double OfCrowdSec = 14_400;

    private readonly PairMemories _memories = new();

    [Theory]
    [InlineData("sequential-20", "linux", true, OfPsd, 90)]
    [InlineData("sequential-20", "linux", false, OfPsd, 3700)] // it has asked more ports than the smaller purse has in an hour
    [InlineData("linux", "sequential-20", true, OfPsd, 3700)]
    [InlineData("sequential-5", "sequential-5", true, OfPsd, 100)]
    [InlineData("sequential-100", "sequential-5", false, OfPsd, 100)]
    [InlineData("sequential-20", "linux", true, OfCrowdSec, 5.2 * 3600)]
    public void A_call_whose_ban_is_over_becomes_direct_and_no_guard_alarms_again(string one, string other, bool isOne, double ban, double within)
    {
        using var pair = World(one, other, isOne, ban);
        var (call, answer) = Banned(pair, isOne);
        var (home, own) = isOne ? (pair.One, call) : (pair.Other, answer);
        pair.World.RunUntil(() => Outcome(own) == PredictionOutcome.ShutOut, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        var (alarms, began) = (Alarms(home), pair.World.Now);
        alarms.ShouldBeGreaterThan(0);
        var opened = new HashSet<int>();
        pair.World.RunUntil(() => Resumptions(own) > 0 || Noted(opened, own), TimeSpan.FromSeconds(within)).ShouldBeTrue();
        opened.ShouldHaveSingleItem("nothing new was opened meanwhile");
        (pair.World.Now - began).ShouldBeGreaterThan(TimeSpan.FromSeconds(ban - 8));

        pair.World.RunUntil(() => call.IsDirect && answer.IsDirect, TimeSpan.FromSeconds(25)).ShouldBeTrue();
        var report = own.Machine.Report();
        (report.Path, report.Prediction!.Outcome, report.Prediction.Mode).ShouldBe((PathKind.Predicted, PredictionOutcome.Worked, ProbeMode.Quiet));
        report.Prediction.Cause.ShouldEndWith("taken up again after a ban, it worked");
        report.Reasons.Select(reason => reason.Id).ShouldNotContain("scan-guard");
        report.Steps.ShouldContain(step => step.What == "Takes the plan up again after a ban, within the quiet budget.");
        (Alarms(pair.One) + Alarms(pair.Other)).ShouldBe(alarms);
    }

    [Fact]
    public void A_second_ban_is_not_followed_by_a_third_attempt()
    {
        using var pair = World("sequential-5", "sequential-5", isOne: true, OfPsd);
        var (call, answer) = Banned(pair, isOne: true);
        pair.World.RunUntil(() => Outcome(call) == PredictionOutcome.ShutOut, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        pair.World.RunUntil(() => Resumptions(call) == 1, TimeSpan.FromSeconds(90)).ShouldBeTrue();
        Scan(pair.One, pair.Server.Endpoints[0].Address); // the climb is still to come
        pair.World.RunUntil(() => Outcome(call) == PredictionOutcome.ShutOut, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        pair.World.Run(TimeSpan.FromMinutes(15));
        call.Machine.Report().Steps.Count(step => step.What == "Your firewall lets new flows through again.").ShouldBe(2);
        (Resumptions(call), Resumptions(answer), Outcome(call), call.Path).ShouldBe((1, 1, PredictionOutcome.ShutOut, PathKind.Relayed));
    }

    [Fact]
    public void What_a_more_careful_purse_is_too_small_for_is_not_tried_again()
    {
        using var pair = World("block-1024", "linux", isOne: true, OfPsd);
        var (call, answer) = Banned(pair, isOne: true);
        pair.World.RunUntil(() => Outcome(call) == PredictionOutcome.ShutOut, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        pair.World.Run(TimeSpan.FromSeconds(120));
        (Outcome(call), Resumptions(call), Resumptions(answer)).ShouldBe((PredictionOutcome.ShutOut, 0, 0));
        call.Machine.Report().Steps.ShouldContain(step => step.What == "What a more careful budget allows after a ban is not worth trying.");
    }

    /// <summary>A peer may say so whenever it likes, and claim any budget: it is followed once, and ours is spent no faster for it.</summary>
    [Fact]
    public void A_peer_that_says_so_time_and_again_is_followed_once_and_within_our_own_budget()
    {
        using var pair = World("sequential-5", "sequential-5", isOne: true, OfPsd);
        pair.One.Peer.Tamper = payload => payload is SignalPayload.Ports notice ? notice with { Again = ProbeMode.Fast } : payload;
        pair.Other.Peer.Tamper = pair.One.Peer.Tamper;
        pair.Connect().ShouldBeTrue();
        pair.World.Run(TimeSpan.FromSeconds(60));
        foreach (var call in new[] { pair.One, pair.Other }.Select(home => home.Peer.Calls[^1]).Where(call => Resumptions(call) > 0))
        {
            var report = call.Machine.Report().Prediction!;
            (Resumptions(call), report.Mode).ShouldBe((1, ProbeMode.Polite));
            report.Ports.ShouldBeLessThanOrEqualTo(ProbeLimits.Polite.PerTarget + 2, "and the addresses in the other home and of its relay");
        }

        Resumptions(pair.Other.Peer.Calls[^1]).ShouldBe(1, "the counter was told to this side");
        (Alarms(pair.One), Alarms(pair.Other)).ShouldBe((0, 0));
    }

    /// <summary>Data goes over the relay already when another program scans; then both NATs are measured, and the plan begins.</summary>
    private static (PeerCall One, PeerCall Other) Banned(PairWorld pair, bool isOne)
    {
        var homes = new[] { pair.One, pair.Other };
        Array.ForEach(homes, home => home.Peer.BeginsUnmeasured = true);
        pair.Connect().ShouldBeTrue();
        pair.World.Run(TimeSpan.FromSeconds(10));
        Scan(homes[isOne ? 0 : 1], pair.Server.Endpoints[0].Address);
        var calls = homes.Select(home => home.Peer.Calls[^1]).ToArray();
        for (var side = 0; side < 2; side++)
        {
            var report = homes[side].Peer.Nat.Single();
            calls[side].Do((machine, now) => machine.LearnNat(report, null, now));
            calls[1 - side].Do((machine, now) => machine.LearnNat(null, report, now));
        }

        return (calls[0], calls[1]);
    }

    private static void Scan(Home home, IpAddress target)
    {
        var socket = home.Computer.Bind(home.Computer.Addresses[0], (_, _, _) => { });
        for (ushort port = 20_000; port < 20_021; port++)
        {
            home.Computer.Send([0], socket, new(target, port));
        }
    }

    /// <summary>Never over: only counts along.</summary>
    private static bool Noted(HashSet<int> opened, PeerCall call)
    {
        opened.Add(call.Machine.Report().Prediction!.Ports);
        return false;
    }

    private static int Alarms(Home home) => home.Gateways.Select(gateway => gateway.Box).OfType<FirewallBox>().Sum(box => box.Alarms);

    private static int Resumptions(PeerCall call) => call.Machine.Report().Steps.Count(step => step.What.StartsWith("Takes the plan up again", StringComparison.Ordinal));

    private static PredictionOutcome Outcome(PeerCall call) => call.Machine.Report().Prediction!.Outcome;

    private PairWorld World(string one, string other, bool isOne, double ban)
    {
        var guard = new GuardRules { Name = "strict", Model = GuardModel.Sliding, Threshold = 21, Window = 3, Side = GuardSide.Outgoing, Action = GuardAction.BansNewFlows, Ban = ban };
        var plan = CellRun.Plan(new(one, other, ProbeMode.Polite), pair => pair with { Memories = () => _memories, Link = pair.Link with { Loss = 0 } });
        return new(isOne
            ? plan.Pair with { One = plan.Pair.One with { Firewall = new() { Guards = [guard] } } }
            : plan.Pair with { Other = plan.Pair.Other with { Firewall = new() { Guards = [guard] } } }, new SeededRandom(5));
    }
}
