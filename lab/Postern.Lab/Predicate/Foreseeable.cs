using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Protocol.Nat;

namespace Postern.Lab.Predicate;

/// <summary>What a forecast takes for granted of a box, beyond what its description may say: a laboratory may have any, but nobody can foretell what comes of it.</summary>
public static class Foreseeable
{
    /// <summary>Seconds. Half a minute is the least that home routers were seen to keep a mapping (Hätönen and others, IMC 2010), and RFC 4787 §4.3 wants two; below ten, addresses and ports are drawn anew between the checks of one call.</summary>
    private const double LeastLifetime = 10;

    private const int LowestPort = 1024;

    /// <summary>Ports a second that a counter passes: 64,512 in the three minutes for which NATs keep mappings (Klinec and Matyáš, SIN 2014). A faster one would give out ports that are in use.</summary>
    private const double FastestCounter = 64_512 / 180.0;

    /// <summary>Ports of a block that measuring and one call leave something of.</summary>
    private const int SmallestBlock = 128;

    /// <summary>Ports at which the strictest known guard acts (Juniper's port scan screen); the agent keeps below it, and not below any that one may think of.</summary>
    private const int StrictestGuard = 10;

    /// <summary>One sentence of what is beyond any known NAT or guard; null where nothing is.</summary>
    public static string? Fault(BoxDescription description) =>
        BoxCatalogue.Boxes(description).Select(box => (BoxCatalogue.Nat(box) is { } nat ? Fault(nat) : null) ?? Fault(box.Firewall)).FirstOrDefault(sentence => sentence is not null);

    private static string? Fault(FirewallRules? firewall) =>
        firewall?.Guards.FirstOrDefault(guard => guard.Action != GuardAction.Nothing && guard.Threshold < StrictestGuard) is { } strict
            ? $"firewall.guards: nothing is foretold of '{strict.Name}', which acts at {strict.Threshold}; the strictest that is known acts at 10. In a topology it may."
            : null;

    private static string? Fault(NatRules nat) =>
        nat.Expiry.UdpNew < LeastLifetime ? "nat.expiry.udpNew: nothing is foretold of a NAT that forgets within 10 seconds; in a topology it may."
        : nat.Expiry.AtMost is > 0 and < LeastLifetime ? "nat.expiry.atMost: nothing is foretold of a NAT that forgets within 10 seconds; in a topology it may."
        : nat.Expiry.UdpStream < nat.Expiry.UdpNew ? "nat.expiry.udpStream: nothing is foretold of a NAT that forgets sooner what is answered than what is not; in a topology it may."
        : MovesInPart(nat) ? "nat.ports.taken: nothing is foretold of a NAT that keeps some sockets' first ports and moves all their others; say 0, or 1 with 'random', or another mapping; in a topology it may."
        : nat.CrossTraffic * Math.Abs(nat.Ports.Step) > FastestCounter && nat.Ports.Rule == PortRuleKind.Step ? "nat.crossTraffic: nothing is foretold of a counter that passes more than 358 ports a second, as it would meet its own mappings; in a topology it may."
        : nat is { Ports.Rule: PortRuleKind.Step, Addresses: > 1, Pooling: Pooling.Arbitrary, Mapping: not NatDependence.EndpointIndependent } ? "nat.pooling: nothing is foretold of a NAT that counts its ports and draws one of several addresses for each destination; say paired; in a topology it may."
        : nat.Ports is { Rule: PortRuleKind.Block, BlockSize: < SmallestBlock } ? "nat.ports.blockSize: nothing is foretold of blocks of fewer than 128 ports, which one call may use up; in a topology they may be."
        : nat.Ports.First < LowestPort && nat.Ports.Rule is not (PortRuleKind.Kept or PortRuleKind.Offset) ? "nat.ports.first: nothing is foretold of a NAT that gives out ports below 1024, of which the agent keeps clear; in a topology it may."
        : null;

    /// <summary>Samples show the ports of first destinations, some of which are kept; all others are moved, as the first one is in use.</summary>
    private static bool MovesInPart(NatRules nat) =>
        nat is { Mapping: not NatDependence.EndpointIndependent, Ports: { Rule: PortRuleKind.Kept or PortRuleKind.Offset, Taken: > 0, OnClash: not ClashRule.Refuse } ports }
        && (ports.Taken < 1 || ports.OnClash == ClashRule.Next);
}
