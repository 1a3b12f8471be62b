using System.Numerics;

namespace Postern.Firewalls.Rules;

/// <summary>
/// How much a policy opens, counted exactly: the union over all its rules, less what an earlier rule refuses. A zone counts with those
/// who live there, the firewall with the addresses that the rules name for it, else with one. What a zone's hosts do among each other
/// (<see cref="Policy.RouteBack"/>) and what the defaults let pass does not count.
/// </summary>
/// <param name="Parts">One for each family and protocol of which something is open.</param>
public sealed record HoleSize(IReadOnlyList<HolePart> Parts)
{
    public BigInteger Count => Parts.Aggregate(BigInteger.Zero, (sum, part) => sum + part.Count);

    /// <summary>As a power of two; negative infinity where nothing is open.</summary>
    public double Bits => Log2(Count);

    public static HoleSize Of(Policy policy)
    {
        var own = OwnAddresses(policy.Rules);
        var parts = from aspect in PacketAspect.Of(policy)
                    group aspect by (aspect.Version, aspect.Protocol) into pairs
                    let count = Opened([.. pairs], policy.Rules, own)
                    where count > 0
                    select new HolePart(pairs.Key.Version, pairs.Key.Protocol, count);
        return new([.. parts]);
    }

    /// <summary>What one rule of the policy opens, taken by itself.</summary>
    public static HoleSize Of(Policy policy, Rule rule) => Of(policy with { Rules = [rule] });

    /// <summary>What the policy opens in one family.</summary>
    public double BitsOf(IpVersion version) => Log2(Parts.Where(part => part.Version == version).Aggregate(BigInteger.Zero, (sum, part) => sum + part.Count));

    internal static double Log2(BigInteger count) => count.IsZero ? double.NegativeInfinity : BigInteger.Log(count) / Math.Log(2);

    /// <summary>A packet is open where it is open from some zone to some other.</summary>
    private static BigInteger Opened(IReadOnlyList<PacketAspect> pairs, IReadOnlyList<Rule> rules, AddressSet own)
    {
        var boxes = pairs.SelectMany((pair, layer) => rules.Select(rule => Clip(rule, pair, own)).SelectMany(rule => pair.Boxes(rule, layer))).ToList();
        return PacketSweep.Cells(boxes)
            .Where(cell => cell.Boxes.GroupBy(box => box.Layer).Any(layer => layer.First().Verdict.LetsPass))
            .Aggregate(BigInteger.Zero, (sum, cell) => sum + cell.Count);
    }

    private static Rule Clip(Rule rule, PacketAspect pair, AddressSet own) => rule with
    {
        Match = rule.Match with
        {
            Source = rule.Match.Source.Intersect(pair.From.IsSelf ? own : pair.From.Addresses),
            Destination = rule.Match.Destination.Intersect(pair.To.IsSelf ? own : pair.To.Addresses),
        },
    };

    /// <summary>The addresses that rules name for the firewall; where they name none of a family, one of that family, whichever.</summary>
    private static AddressSet OwnAddresses(IReadOnlyList<Rule> rules)
    {
        var own = AddressSet.None;
        foreach (var match in rules.Where(rule => rule.Verdict.LetsPass).Select(rule => rule.Match))
        {
            own = match.From is { IsSelf: true } ? own.Union(Named(match.Source)) : own;
            own = match.To is { IsSelf: true } ? own.Union(Named(match.Destination)) : own;
        }

        return Enum.GetValues<IpVersion>().Where(version => own.Of(version).IsEmpty)
            .Aggregate(own, (set, version) => set.Union(AddressSet.Of(AddressRange.Address(version, 0))));
    }

    private static AddressSet Named(AddressSet addresses) => Enum.GetValues<IpVersion>().Where(version => !addresses.IsAnyOf(version))
        .Aggregate(AddressSet.None, (set, version) => set.Union(addresses.Of(version)));
}
