using System.Collections.Concurrent;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Packets;
using Postern.Lab.Predicate;
using Postern.Lab.Simulator;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Pairs of NATs drawn from all mappings, filters, port rules and pools of addresses: in many worlds of each the odds are those that come true.</summary>
public class AnyTwoNatsTests
{
    private static readonly NatDependence[] Behaviours = [NatDependence.EndpointIndependent, NatDependence.AddressDependent, NatDependence.AddressAndPortDependent];
    private static readonly PortRuleKind[] Rules = [PortRuleKind.Kept, PortRuleKind.Offset, PortRuleKind.Step, PortRuleKind.Block, PortRuleKind.Random];

    [Fact]
    public void In_some_pairs_what_is_foretold_comes_true() => Judge(new SeededRandom(1), pairs: 40, worlds: 10);

    [Theory]
    [Trait("part", "soak")]
    [InlineData(2)]
    [InlineData(3)]
    public void In_many_pairs_what_is_foretold_comes_true(ulong seed) => Judge(new SeededRandom(seed), pairs: 250, worlds: 40);

    /// <summary>Those that once were wrong, in words: mapping/filtering, port rule, addresses, foreign flows a second.</summary>
    [Theory]
    [InlineData("AD/APD Step 1 20", "APD/APD Step 1 20")] // all guesses of a climb leave by one port
    [InlineData("APD/AD Step 1 24", "APD/APD Block 1 0")] // the filter lets in more than the hole was made for
    [InlineData("AD/AD Step 1 20", "APD/APD Block 1 0")] // any port of the address will do
    [InlineData("APD/APD Block 1 0", "AD/AD Block 1 0")]
    [InlineData("AD/APD Offset 4 0", "EI/APD Block 2 0")] // a shift that turns round the end of all ports
    [InlineData("AD/AD Kept 2 0", "EI/AD Block 3 0")] // two targets at the same address show nothing
    [InlineData("AD/EI Random 1 0", "APD/AD Block 3 0")] // checks that run in a circle
    [InlineData("AD/APD Kept 3 0", "APD/APD Block 2 0")] // an address that is drawn once for all ports
    [InlineData("AD/APD Step 2 11", "APD/APD Step 2 6")]
    public void What_once_was_wrong_comes_true(string one, string other)
    {
        var tried = Try([(Parse(one), Parse(other))], 60).Single();
        PairOddsTests.IsLikely(tried.Direct, 60, tried.Odds).ShouldBeTrue($"{tried}");
    }

    [Fact]
    public void Checks_that_run_in_a_circle_end()
    {
        var circles = 0;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using var pair = new PairWorld(World(Parse("AD/EI Random 1 0"), Parse("APD/AD Block 3 0")), new SeededRandom(seed));
            pair.Connect().ShouldBeTrue();
            pair.World.Run(TimeSpan.FromSeconds(15));
            var sent = 0;
            pair.World.Tap += sighting => sent += sighting.Kind == SightingKind.Sent && sighting.Packet.Header.Transport == Transport.Udp ? 1 : 0;
            pair.World.Run(TimeSpan.FromSeconds(10));
            circles += pair.One.Peer.Calls[^1].IsDirect ? 0 : 1;
            sent.ShouldBeLessThan(200, $"seed {seed}");
        }

        circles.ShouldBeInRange(1, 19);
    }

    private static void Judge(SeededRandom random, int pairs, int worlds)
    {
        var tried = Try([.. Enumerable.Range(0, pairs).Select(_ => (Draw(random), Draw(random)))], worlds);
        tried.Where(pair => !PairOddsTests.IsLikely(pair.Direct, worlds, pair.Odds)).Select(pair => $"{pair}").ShouldBeEmpty();
        Calibration.Of(tried.Where(pair => pair.Odds is > 0 and < Trial.Sure).SelectMany(pair => Enumerable.Range(0, worlds).Select(world => (pair.Odds, world < pair.Direct))))
            .Where(band => !band.IsPlausible).ShouldBeEmpty();
    }

    private static Tried[] Try((NatRules One, NatRules Other)[] pairs, int worlds)
    {
        var tried = new ConcurrentBag<Tried>();
        Parallel.ForEach(pairs, () => new PairKeys(), (nats, _, keys) =>
        {
            var plan = new TrialPlan { Pair = World(nats.One, nats.Other), Patience = TimeSpan.FromSeconds(40) };
            var outcomes = Enumerable.Range(1, worlds).Select(seed =>
            {
                using var trial = new Trial(plan, new SeededRandom((ulong)seed), keys);
                return trial.Run();
            }).ToArray();
            tried.Add(new(Name(nats.One), Name(nats.Other), outcomes.Count(outcome => outcome.Direct), outcomes[0].OddsOfDirect));
            return keys;
        }, keys => keys.Dispose());
        return [.. tried];
    }

    private static PairOptions World(NatRules one, NatRules other) => new() { One = Box(one), Other = Box(other), Probe = ProbeMode.Polite };

    /// <summary>Only such as a description may name.</summary>
    private static NatRules Draw(SeededRandom random)
    {
        while (true)
        {
            var rule = Rules[random.Next(0, Rules.Length)];
            var nat = Nat(Behaviours[random.Next(0, 3)], Behaviours[random.Next(0, 3)], rule, random.Happens(0.4) ? 1 : random.Next(2, 5), rule == PortRuleKind.Step ? random.Next(0, 30) : 0);
            if (BoxDescriptionJson.Read(BoxDescriptionJson.Write(Box(nat)), out _) is not null)
            {
                return nat;
            }
        }
    }

    private static NatRules Parse(string words)
    {
        var parts = words.Split(' ', '/');
        return Nat(Behaviour(parts[0]), Behaviour(parts[1]), Enum.Parse<PortRuleKind>(parts[2]), int.Parse(parts[3]), int.Parse(parts[4]));
    }

    private static NatRules Nat(NatDependence mapping, NatDependence filtering, PortRuleKind rule, int addresses, int crossTraffic) => new()
    {
        Mapping = mapping,
        Filtering = filtering,
        Addresses = addresses,
        Pooling = Pooling.Arbitrary,
        Overloads = addresses > 1 && rule is PortRuleKind.Kept or PortRuleKind.Offset,
        CrossTraffic = crossTraffic,
        Ports = new() { Rule = rule, Offset = 20_000, BlockSize = 512 },
    };

    private static BoxDescription Box(NatRules nat) => new() { Id = "drawn", Title = "drawn", Summary = "", Sources = new Dictionary<string, string> { ["*"] = "lot" }, Nat = nat };

    private static NatDependence Behaviour(string word) => Behaviours[Array.IndexOf(["EI", "AD", "APD"], word)];

    private static string Name(NatRules nat) => $"{nat.Mapping}/{nat.Filtering} {nat.Ports.Rule} {nat.Addresses} {nat.CrossTraffic}";

    private sealed record Tried(string One, string Other, int Direct, double Odds);
}
