using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Protocol.Nat;

namespace Postern.Lab.Predicate;

/// <summary>What a forecast takes for granted of a box, beyond what its description may say: a laboratory may have any, and a grid shows what comes of it, but nothing is foretold.</summary>
public static class Foreseeable
{
    /// <summary>Seconds. Half a minute is the least that home routers were seen to keep a mapping (Hätönen and others, IMC 2010), and RFC 4787 §4.3 wants two; below ten, addresses and ports are drawn anew between the checks of one call.</summary>
    private const double LeastLifetime = 10;

    private const int LowestPort = 1024; // RFC 4787 §4.2.1, REQ-3: what comes from above stays above

    /// <summary>Ports a second that a counter passes: 64,512 in the 21 s for which a call tries to become direct. A faster one would go round meanwhile, and samples would not show that it counts.</summary>
    private const double FastestCounter = 64_512 / 21.0;

    /// <summary>Ports at which the strictest known guard acts (Juniper's port scan screen); the agent keeps below it, and not below any that one may think of.</summary>
    private const int StrictestGuard = 10;

    /// <summary>One sentence of what is beyond any known NAT or guard; null where nothing is.</summary>
    public static string? Fault(BoxDescription description) =>
        BoxCatalogue.Boxes(description).Select(box => (BoxCatalogue.Nat(box) is { } nat ? Fault(nat) : null) ?? Fault(box.Firewall)).FirstOrDefault(sentence => sentence is not null);

    private static string? Fault(FirewallRules? firewall) =>
        firewall?.Guards.FirstOrDefault(guard => guard.Action != GuardAction.Nothing && guard.Threshold < StrictestGuard) is { } strict
            ? $"firewall.guards: '{strict.Name}' acts at {strict.Threshold}, and the strictest that is known at 10."
            : null;

    private static string? Fault(NatRules nat) =>
        nat.Expiry.UdpNew < LeastLifetime ? "nat.expiry.udpNew: a NAT forgets within 10 seconds, and none that is known within 30."
        : nat.Expiry.AtMost is > 0 and < LeastLifetime ? "nat.expiry.atMost: a NAT forgets within 10 seconds, and none that is known within 30."
        : nat.Expiry.UdpStream < nat.Expiry.UdpNew ? "nat.expiry.udpStream: a NAT forgets sooner what is answered than what is not."
        : nat.CrossTraffic * Math.Abs(nat.Ports.Step) > FastestCounter && nat.Ports.Rule == PortRuleKind.Step ? "nat.crossTraffic: a counter passes more than 3,072 ports a second, and so all of them within one call."
        : nat.Ports.First < LowestPort && nat.Ports.Rule is not (PortRuleKind.Kept or PortRuleKind.Offset) ? "nat.ports.first: ports below 1024 are given out (RFC 4787 §4.2.1 has a NAT leave them alone), and the agent keeps clear of them."
        : null;
}
