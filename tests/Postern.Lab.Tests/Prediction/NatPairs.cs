using System.Collections.Concurrent;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Lab.Simulator;
using Postern.Protocol.Nat;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Pairs of NATs that no catalogue has, each tried in many worlds.</summary>
internal static class NatPairs
{
    public static readonly NatDependence[] Behaviours = [NatDependence.EndpointIndependent, NatDependence.AddressDependent, NatDependence.AddressAndPortDependent];
    public static readonly PortRuleKind[] Rules = [PortRuleKind.Kept, PortRuleKind.Offset, PortRuleKind.Step, PortRuleKind.Block, PortRuleKind.Random];

    /// <summary>How often each became direct, and what was foretold.</summary>
    public static Tried[] Try((NatRules One, NatRules Other)[] pairs, int worlds, ProbeMode mode = ProbeMode.Polite)
    {
        var tried = new ConcurrentBag<Tried>();
        Parallel.ForEach(pairs, () => new PairKeys(), (nats, _, keys) =>
        {
            tried.Add(Try(World(nats.One, nats.Other) with { Probe = mode }, worlds, keys));
            return keys;
        }, keys => keys.Dispose());
        return [.. tried];
    }

    /// <summary>The same of one pair of any boxes.</summary>
    public static Tried Try(PairOptions pair, int worlds, PairKeys keys)
    {
        var plan = new TrialPlan { Pair = pair, Patience = TimeSpan.FromSeconds(40) };
        var outcomes = Enumerable.Range(1, worlds).Select(seed =>
        {
            using var trial = new Trial(plan, new SeededRandom((ulong)seed), keys);
            return trial.Run();
        }).ToArray();
        return new(Name(pair.One), Name(pair.Other), outcomes.Count(outcome => outcome.Direct), outcomes[0].OddsOfDirect);
    }

    public static PairOptions World(NatRules one, NatRules other) => new() { One = Box(one), Other = Box(other), Probe = ProbeMode.Polite };

    public static BoxDescription Box(NatRules nat) => new() { Id = "drawn", Title = "drawn", Summary = "", Sources = new Dictionary<string, string> { ["*"] = "lot" }, Nat = nat };

    /// <summary>Whether a description may say so.</summary>
    public static bool CanBe(BoxDescription box) => BoxDescriptionJson.Read(BoxDescriptionJson.Write(box), out _) is not null;

    /// <summary>Mapping/filtering, port rule (of a block with its size), addresses, foreign flows a second.</summary>
    public static NatRules Parse(string words)
    {
        var parts = words.Split(' ', '/');
        var size = parts[2].AsSpan().TrimStart("BlockRandomKeptOffsetStep");
        return Nat(Behaviour(parts[0]), Behaviour(parts[1]), Enum.Parse<PortRuleKind>(parts[2].AsSpan(0, parts[2].Length - size.Length)), int.Parse(parts[3]), int.Parse(parts[4]), size.Length > 0 ? int.Parse(size) : 512);
    }

    public static NatRules Nat(NatDependence mapping, NatDependence filtering, PortRuleKind rule, int addresses, int crossTraffic, int blockSize = 512) => new()
    {
        Mapping = mapping,
        Filtering = filtering,
        Addresses = addresses,
        Pooling = Pooling.Arbitrary,
        Overloads = addresses > 1 && rule is PortRuleKind.Kept or PortRuleKind.Offset,
        CrossTraffic = crossTraffic,
        Ports = new() { Rule = rule, Offset = 20_000, BlockSize = blockSize },
    };

    private static NatDependence Behaviour(string word) => Behaviours[Array.IndexOf(["EI", "AD", "APD"], word)];

    private static string Name(BoxDescription box) => box is { Id: "drawn", Nat: { } nat } ? Name(nat) : box.Id;

    private static string Name(NatRules nat) => $"{nat.Mapping}/{nat.Filtering} {nat.Ports.Rule} {nat.Addresses} {nat.CrossTraffic} {nat.Expiry.UdpNew:0.#} s";

    internal sealed record Tried(string One, string Other, int Direct, double Odds)
    {
        public bool IsLikely(int worlds) => PairOddsTests.IsLikely(Direct, worlds, Odds);
    }
}
