using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Probing;
using Postern.Sessions.Calls.Prediction;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Nobody on the way is disturbed, whatever a person does with calls; and a firewall that is disturbed all the same is noticed.</summary>
public class NeighbourlinessTests
{
    [Theory]
    [InlineData("sequential-5", "linux", ProbeMode.Polite, false)]
    [InlineData("sequential-5", "sequential-5", ProbeMode.Polite, false)]
    [InlineData("linux", "block-512", ProbeMode.Polite, false)]
    [InlineData("linux", "linux", ProbeMode.Quiet, false)]
    [InlineData("linux", "linux", ProbeMode.Polite, true)]
    [InlineData("linux", "linux", ProbeMode.Quiet, true)]
    [InlineData("sequential-5", "linux", ProbeMode.Polite, true)]
    [InlineData("sequential-5", "linux", ProbeMode.Quiet, true)]
    [InlineData("sequential-5", "sequential-5", ProbeMode.Polite, true)]
    [InlineData("sequential-5", "sequential-5", ProbeMode.Quiet, true)]
    [InlineData("linux", "block-512", ProbeMode.Polite, true)]
    [InlineData("sequential-5", "carrier-over-home", ProbeMode.Polite, true)]
    [InlineData("carrier-over-home", "carrier-over-home", ProbeMode.Polite, true)]
    public void Ten_short_calls_after_each_other_alarm_no_guard(string one, string other, ProbeMode mode, bool eachCallsInTurn)
    {
        for (ulong seed = 7; seed < 10; seed++)
        {
            using var pair = new PairWorld(CellRun.Plan(new(one, other, mode)).Pair, new SeededRandom(seed));
            for (var i = 0; i < 10; i++)
            {
                var (caller, callee) = eachCallsInTurn && i % 2 == 1 ? (pair.Other, pair.One) : (pair.One, pair.Other);
                pair.RunUntilReady().ShouldBeTrue();
                caller.Peer.Call(callee.Peer.Name);
                pair.World.RunUntil(() => HasConnected(caller, i) && HasConnected(callee, i), TimeSpan.FromSeconds(30)).ShouldBeTrue($"call {i}, seed {seed}");
                pair.World.Run(TimeSpan.FromMilliseconds(500));
                caller.Peer.Calls[i].Do((call, now) => call.Close(now));
                pair.World.Run(TimeSpan.FromSeconds(2));
            }

            Alarms(pair).ShouldBeEmpty($"seed {seed}");
        }
    }

    /// <summary>A caller whose ports move and a callee whose filter looks at addresses alone: to the caller's guards the relay is one sender.</summary>
    [Theory]
    [InlineData("sequential-5", "full-cone", ProbeMode.Polite)]
    [InlineData("sequential-5", "address-restricted", ProbeMode.Polite)]
    [InlineData("random", "full-cone", ProbeMode.Polite)]
    [InlineData("random", "full-cone", ProbeMode.Quiet)]
    [InlineData("block-512", "address-restricted", ProbeMode.Polite)]
    [InlineData("linux", "linux", ProbeMode.Quiet)]
    public void Twenty_calls_through_one_relay_alarm_no_guard(string one, string other, ProbeMode mode)
    {
        using var pair = new PairWorld(CellRun.Plan(new(one, other, mode)).Pair, new SeededRandom(7));
        for (var i = 0; i < 20; i++)
        {
            pair.Connect().ShouldBeTrue($"call {i}");
            pair.World.Run(TimeSpan.FromSeconds(2));
            pair.One.Peer.Calls[^1].Do((call, now) => call.Close(now));
            pair.World.Run(TimeSpan.FromSeconds(1));
        }

        Alarms(pair).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("linux", "linux")]
    [InlineData("sequential-5", "linux")]
    [InlineData("linux", "sequential-5")]
    [InlineData("linux", "block-512")]
    [InlineData("block-512", "linux")]
    [InlineData("sequential-5", "sequential-5")]
    public void Five_peers_called_at_once_alarm_no_guard(string one, string other)
    {
        foreach (var port in new[] { LabServer.UsualPort, LabServer.HttpsPort })
        {
            for (ulong seed = 11; seed < 15; seed++)
            {
                using var star = new StarWorld(one, other, 5, port, new SeededRandom(seed));
                star.CallAll(TimeSpan.FromSeconds(30)).ShouldBe(5);
                star.Alarms.ShouldBeEmpty($"server at {port}, seed {seed}");
            }
        }
    }

    [Fact]
    public void A_firewall_that_shuts_us_out_is_noticed_and_left_in_peace()
    {
        var watched = CellRun.Plan(new("linux", "random", ProbeMode.Fast), pair => pair with { Link = new() { Hops = 1 } }).Pair;
        var strict = new GuardRules { Name = "strict", Model = GuardModel.Sliding, Threshold = 8, Window = 60, Side = GuardSide.Outgoing, Action = GuardAction.BansNewFlows, Ban = 60 };
        using var pair = new PairWorld(watched with { One = watched.One with { Firewall = new FirewallRules { Guards = [strict] } } }, new SeededRandom(3));
        var opened = new HashSet<Protocol.Net.Endpoint>();
        pair.World.Tap += sighting =>
        {
            if (sighting.Kind == SightingKind.Sent && sighting.Packet.Header.Source.Address == pair.One.Computer.Addresses[0])
            {
                opened.Add(sighting.Packet.Header.Destination);
            }
        };
        pair.Connect().ShouldBeTrue();
        var call = pair.One.Peer.Calls[^1];
        pair.World.RunUntil(() => call.Machine.Report().Prediction?.Outcome == PredictionOutcome.ShutOut, TimeSpan.FromSeconds(20))
            .ShouldBeTrue(string.Join('\n', call.Machine.Report().Steps) + call.Machine.Report().Prediction);
        call.Machine.Report().Steps.ShouldContain(step => step.What.Contains("port scan"));
        call.Path.ShouldBe(Protocol.Ice.PathKind.Relayed, "the one path that works carries on");

        var before = opened.ToArray();
        pair.World.Run(TimeSpan.FromSeconds(4));
        opened.Except(before).ShouldBeEmpty("nothing new is opened while the ban may last");
        pair.World.RunUntil(() => call.Machine.Report().Steps.Any(step => step.What.Contains("through again")), TimeSpan.FromMinutes(3)).ShouldBeTrue();
    }

    private static bool HasConnected(Home home, int call) => home.Peer.Calls.Count == call + 1 && home.Peer.Calls[call].ConnectedAt is not null;

    private static IEnumerable<string> Alarms(PairWorld pair) =>
        pair.One.Gateways.Concat(pair.Other.Gateways).Select(gateway => gateway.Box).OfType<FirewallBox>()
            .SelectMany(box => box.AlarmsByGuard).Where(guard => guard.Alarms > 0).Select(guard => guard.Guard);
}
