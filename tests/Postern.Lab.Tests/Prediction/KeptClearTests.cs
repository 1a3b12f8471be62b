using System.Collections.Concurrent;
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
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Tests.Prediction;

/// <summary>Ports that mean something else to others are never opened towards, whatever NATs draw and whatever a peer says.</summary>
public class KeptClearTests
{
    [Fact]
    public void No_pair_of_the_grid_has_one_probed()
    {
        var boxes = BoxCatalogue.All.Values.ToArray();
        var pairs = boxes.SelectMany(one => boxes.Select(other => (one, other)));
        Probes(pairs.Select(pair => (pair.one, pair.other, ProbeMode.Polite, 1UL)), patience: 4).ShouldBe([]);
    }

    /// <summary>NATs whose ports lie among the traps of portsentry: one mapping in twelve is such a one.</summary>
    [Theory]
    [InlineData(NatDependence.EndpointIndependent, PortRuleKind.Random, ProbeMode.Polite)]
    [InlineData(NatDependence.AddressAndPortDependent, PortRuleKind.Random, ProbeMode.Polite)]
    [InlineData(NatDependence.AddressAndPortDependent, PortRuleKind.Random, ProbeMode.Fast)]
    [InlineData(NatDependence.AddressAndPortDependent, PortRuleKind.Step, ProbeMode.Polite)]
    [InlineData(NatDependence.AddressAndPortDependent, PortRuleKind.Step, ProbeMode.Fast)]
    public void Nor_is_one_where_NATs_draw_them(NatDependence mapping, PortRuleKind rule, ProbeMode mode)
    {
        var box = Trapped(mapping, rule);
        BoxDescription[] others = [box, BoxCatalogue.All["linux"], BoxCatalogue.All["full-cone"], BoxCatalogue.All["sequential-5"], BoxCatalogue.All["block-512"]];
        var pairs = others.SelectMany(other => new[] { (box, other), (other, box) }).SelectMany(pair => Enumerable.Range(1, 10).Select(seed => (pair.Item1, pair.Item2, mode, (ulong)seed)));
        Probes(pairs, patience: 20).ShouldBe([]);
    }

    [Theory]
    [InlineData("linux")]
    [InlineData("full-cone")]
    [InlineData(null)]
    public void Whom_the_NAT_shows_at_such_a_port_takes_another_socket_and_the_call_is_direct_all_the_same(string? other)
    {
        var replaced = 0;
        for (ulong seed = 1; seed <= 60; seed++)
        {
            var box = Trapped(NatDependence.EndpointIndependent, PortRuleKind.Random);
            using var trial = new Trial(Plan(box, other is null ? box : BoxCatalogue.All[other], ProbeMode.Polite, 10, loss: 0), LabRandom.OfWorld(seed));
            var watch = new UnwelcomeWatch(trial.Pair);
            trial.Run().Direct.ShouldBeTrue($"seed {seed}");
            watch.Probes.ShouldBe([]);
            replaced += new[] { trial.Pair.One, trial.Pair.Other }.SelectMany(home => Report(home).Steps).Count(step => step.What.EndsWith("another socket is opened."));
        }

        replaced.ShouldBeInRange(2, 25, "5 of 64 ports");
    }

    /// <summary>Whoever calls us may say that he is anybody: at his word nothing is sent to a name server, and 'why' says why.</summary>
    [Fact]
    public void A_peer_that_names_somebodys_service_as_its_own_has_nothing_sent_there_and_why_says_so()
    {
        using var pair = new PairWorld(Plan(BoxCatalogue.All["random"], BoxCatalogue.All["random"], ProbeMode.Polite, 10, loss: 0).Pair, LabRandom.OfWorld(3));
        var watch = new UnwelcomeWatch(pair);
        pair.RunUntilReady().ShouldBeTrue();
        var victims = new[] { "192.0.2.53:53", "192.0.2.53:2000", "192.0.2.53:5060" }.Select(Endpoint.Parse).ToArray();
        pair.World.Tap += sighting => sighting.Packet.Header.Destination.Address.ShouldNotBe(victims[0].Address);
        pair.One.Peer.Call(pair.Other.Peer.Name);
        pair.World.RunUntil(() => pair.One.Peer.Calls is [{ ConnectedAt: not null }], TimeSpan.FromSeconds(5)).ShouldBeTrue();
        var call = pair.One.Peer.Calls[^1];
        call.Machine.Report().Reasons.ShouldNotContain(reason => reason.Id == "port-kept-clear");
        foreach (var victim in victims)
        {
            call.Do((machine, now) => machine.HandleSignal(new SignalPayload.Candidate(CandidateText.Format(Candidate.Host(victim, 35000)), Ufrag(pair.Other)), now));
        }

        pair.World.Run(TimeSpan.FromMinutes(3));
        watch.Probes.ShouldBe([]);
        var report = call.Machine.Report();
        (report.Path, report.Reasons.Count(reason => (reason.Id, reason.Side) == ("port-kept-clear", "peer"))).ShouldBe((PathKind.Relayed, 1));
        report.Attempts.Where(attempt => victims.Any(victim => attempt.Remote == $"host {victim}")).ToArray().ShouldSatisfyAllConditions(
            attempts => attempts.Length.ShouldBe(6),
            attempts => attempts.ShouldAllBe(attempt => attempt.Outcome == "untried" && attempt.Cause == "nothing is sent to such a port before something has come from there"));
    }

    private static string Ufrag(Home home) => home.Peer.Calls[^1].Events.Select(happened => happened.Event).OfType<Sessions.Calls.CallEvent.SignalReady>()
        .Select(ready => ready.Payload).OfType<SignalPayload.Described>().Single().Description.IceUfrag;

    private static Sessions.Calls.ConnectReport Report(Home home) => home.Peer.Calls[^1].Machine.Report();

    private static string[] Probes(IEnumerable<(BoxDescription One, BoxDescription Other, ProbeMode Mode, ulong Seed)> worlds, double patience)
    {
        var probes = new ConcurrentBag<string>();
        Parallel.ForEach(worlds, () => new PairKeys(), (world, _, keys) =>
        {
            using var trial = new Trial(Plan(world.One, world.Other, world.Mode, patience, loss: 0.01), LabRandom.OfWorld(world.Seed), keys);
            var watch = new UnwelcomeWatch(trial.Pair);
            trial.Run();
            watch.Probes.ForEach(probe => probes.Add($"{world.One.Id} × {world.Other.Id}, {world.Mode}, seed {world.Seed}: {probe.Source} to {probe.Destination}"));
            return keys;
        }, keys => keys.Dispose());
        return [.. probes];
    }

    private static TrialPlan Plan(BoxDescription one, BoxDescription other, ProbeMode mode, double patience, double loss) => new()
    {
        Pair = new() { One = one, Other = other, Probe = mode, Link = new() { Hops = 1, Loss = loss }, ServerPort = LabServer.UsualPort },
        Patience = TimeSpan.FromSeconds(patience),
    };

    private static BoxDescription Trapped(NatDependence mapping, PortRuleKind rule) => new()
    {
        Id = $"trapped-{rule}-{mapping}",
        Title = "Ports among traps",
        Summary = "",
        Sources = new Dictionary<string, string>(),
        Nat = new() { Mapping = mapping, Ports = new() { Rule = rule, First = 32768, Last = 32831 } },
    };
}
