using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Protocol.Nat;

namespace Postern.Lab.Predicate;

/// <summary>What a forecast takes for granted of a box, beyond what its description may say: a laboratory may have any, and a grid shows what comes of it, but nothing is foretold.</summary>
public static class Foreseeable
{
    /// <summary>Seconds. Half a minute is the least that home routers were seen to keep a mapping (Hätönen and others, IMC 2010), and RFC 4787 §4.3 wants two; below four, ports are drawn anew between the checks of one call.</summary>
    private const double LeastLifetime = 4;

    /// <summary>Seconds: so soon addresses are drawn anew between checks, and mappings end that are in use.</summary>
    private const double LeastOfAddresses = 10;

    /// <summary>Seconds: what is answered lives until the next check.</summary>
    private const double LeastAnswered = 1;

    /// <summary>Seconds: as long as a call tries to go directly, restarts included. A port that is kept is free for another destination once its mapping has ended, so that the one which was told comes back at the whim of the agent's timers.</summary>
    private const double LeastOfKept = 90;

    /// <summary>Ports at which the strictest known guard acts (Juniper's port scan screen); the agent keeps below it, and not below any that one may think of.</summary>
    private const int StrictestGuard = 10;

    /// <summary>Attempts at which the strictest known guard acts that counts these (Snort's medium level).</summary>
    private const int FewestAttempts = 200;

    /// <summary>One sentence of what is beyond any known NAT or guard; null where nothing is.</summary>
    public static string? Fault(BoxDescription description) =>
        BoxCatalogue.Boxes(description).Select(box => (BoxCatalogue.Nat(box) is { } nat ? Fault(nat) : null) ?? Fault(box.Firewall)).FirstOrDefault(sentence => sentence is not null);

    private static string? Fault(FirewallRules? firewall) =>
        firewall?.Guards.FirstOrDefault(guard => guard.Action != GuardAction.Nothing && (guard.Threshold < StrictestGuard || guard is { Model: GuardModel.Refusals, Attempts: > 0 and < FewestAttempts })) is not { } strict ? null
            : strict.Threshold < StrictestGuard ? $"firewall.guards: '{strict.Name}' acts at {strict.Threshold}, and the strictest that is known at {StrictestGuard}."
            : $"firewall.guards: '{strict.Name}' acts at {strict.Attempts} attempts, and the strictest that is known at {FewestAttempts}.";

    /// <summary>The same of a NAT alone.</summary>
    internal static string? Fault(NatRules nat) =>
        nat.Expiry.UdpNew < (nat is { Pooling: Pooling.Arbitrary, Addresses: > 1, Mapping: not NatDependence.EndpointIndependent } ? LeastOfAddresses : LeastLifetime)
            ? "nat.expiry.udpNew: a NAT forgets within 4 seconds, or 10 where it draws addresses, and none that is known within 30."
        : nat.Expiry.AtMost is > 0 and < LeastOfAddresses ? "nat.expiry.atMost: a NAT forgets within 10 seconds, and none that is known within 30."
        : nat is { Expiry.AtMost: > 0 and < LeastOfKept, Ports.Rule: PortRuleKind.Kept or PortRuleKind.Offset, Mapping: not NatDependence.EndpointIndependent, Overloads: false }
            ? "nat.expiry.atMost: a NAT ends within 90 seconds what is in use, and then gives the port that it keeps to another destination."
        : nat.Expiry.UdpStream < LeastAnswered ? "nat.expiry.udpStream: a NAT forgets within a second what is answered."
        : null;
}
