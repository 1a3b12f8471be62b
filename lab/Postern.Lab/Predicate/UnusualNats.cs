using Postern.Lab.Boxes;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Lab.Predicate;

/// <summary>Gives a NAT one of the features that few have.</summary>
internal static class UnusualNats
{
    private static readonly Func<NatRules, IRandom, NatRules>[] Features =
    [
        DrawingAddresses,
        (nat, random) => nat with { Addresses = random.Next(2, 5), Pooling = Pooling.Paired },
        (nat, random) => nat with { Limits = new() { PerSubscriber = random.Next(240, 600), WhenFull = Full(random) } },
        (nat, random) => nat with { Limits = new() { Table = random.Next(240, 600), WhenFull = Full(random) } },
        (nat, _) => nat with { EarlyInbound = EarlyInbound.ShutsOut },
        (nat, random) => nat with { Ports = nat.Ports with { Taken = random.NextDouble(), OnClash = random.Happens(0.5) ? ClashRule.Random : ClashRule.Next } },
        (nat, random) => nat with { Ports = nat.Ports with { Taken = random.NextDouble() * 0.25, OnClash = ClashRule.Refuse }, Overloads = true },
        (nat, _) => nat with { Overloads = true },
        (nat, random) => InRange(nat, random.Next(1024, 56_000), random.Next(300, 5000)),
        (nat, _) => nat with { Hairpin = NatHairpin.YesFromInside },
        (nat, random) => Short(nat, 10 + (20 * random.NextDouble()), random),
    ];

    public static NatRules Draw(NatRules nat, IRandom random) => Features[random.Next(0, Features.Length)](nat, random);

    /// <summary>What no such NAT does, its description refuses.</summary>
    private static NatRules DrawingAddresses(NatRules nat, IRandom random) => nat with
    {
        Addresses = random.Next(2, 5),
        Pooling = Pooling.Arbitrary,
        Overloads = nat.Ports.Rule is PortRuleKind.Kept or PortRuleKind.Offset,
        Filtering = nat.Filtering == NatDependence.EndpointIndependent ? NatDependence.AddressDependent : nat.Filtering,
    };

    private static NatRules Short(NatRules nat, double unanswered, IRandom random) => nat with
    {
        Expiry = nat.Expiry with
        {
            Refreshing = (Refreshing)random.Next(0, 3),
            UdpNew = unanswered,
            UdpStream = unanswered * random.Next(1, 5),
            UdpStreamAfter = random.Next(0, 4),
            AtMost = random.Happens(0.3) ? random.Next(20, 200) : 0,
        },
    };

    private static TableFullRule Full(IRandom random) => random.Happens(0.5) ? TableFullRule.Refuse : TableFullRule.EvictOldest;

    /// <summary>Of a counter others take no more than it has.</summary>
    private static NatRules InRange(NatRules nat, int first, int size) => nat.Ports.Rule == PortRuleKind.Offset ? nat : nat with
    {
        Ports = nat.Ports with { First = first, Last = Math.Min(65_535, first + Least(nat.Ports, size)) },
        CrossTraffic = Math.Min(nat.CrossTraffic, size / (Math.Abs(nat.Ports.Step) * nat.Expiry.UdpNew)),
    };

    /// <summary>Two whole blocks, for two subscribers, and more than a block where any port is drawn.</summary>
    private static int Least(PortAssignment ports, int size) => ports.Rule switch
    {
        PortRuleKind.Block => Math.Max(size, 3 * ports.BlockSize),
        PortRuleKind.Random => size + 4096,
        _ => size,
    };
}
