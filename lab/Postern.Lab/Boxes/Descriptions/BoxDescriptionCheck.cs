using System.Numerics;
using System.Text.RegularExpressions;
using Postern.Lab.Boxes.Guards;
using Postern.Protocol.Nat;

namespace Postern.Lab.Boxes.Descriptions;

/// <summary>What a description must keep to, beyond its grammar.</summary>
internal static partial class BoxDescriptionCheck
{
    /// <summary>A check is sent seven times (RFC 8489 §6.2.1), and once in ten thousand calls all would be refused.</summary>
    private const double MostRefused = 0.25;

    /// <summary>The smallest share of ports that an operator is known to give a subscriber is 240 (MAP-E as v6plus has it).</summary>
    private const int LeastRoom = 240;

    /// <summary>Of a subscriber's block, as carriers' boxes give it out: fewer hold no call beside a measurement.</summary>
    private const int FewestPorts = 64;

    /// <summary>Seconds; no home router was seen to forget within half a minute (Hätönen and others, IMC 2010). Two seconds are short enough for tests that wait for it, and long enough for what is sent again once.</summary>
    private const double LeastMemory = 2;

    /// <summary>Seconds, of what is in use.</summary>
    private const double LeastAge = 10;

    /// <summary>Of subscribers' blocks, as measuring knows them.</summary>
    private const int LargestBlock = 4096;

    /// <summary>Beyond it two ports in a row look like two that were drawn, and no NAT is known that steps so far.</summary>
    private const int LargestStep = 32;

    /// <param name="description">As it was read.</param>
    /// <param name="known">The boxes that it may name; null where these are still to be read.</param>
    /// <returns>One sentence of what is wrong first; null where nothing is.</returns>
    public static string? Of(BoxDescription description, IReadOnlyDictionary<string, BoxDescription>? known) =>
        !Id().IsMatch(description.Id) ? $"'{description.Id}' is no id: lower case, digits and hyphens."
        : Shape(description) ?? Nat(description.Nat) ?? Firewall(description.Firewall) ?? (known is null ? null : BoxReferences.Fault(description, known)) ?? Sources(description);

    private static string? Shape(BoxDescription description) =>
        description.Row.Count == 1 ? "A row has two boxes or more."
        : description.Row.Count > 0 && (description.Nat ?? (object?)description.NatOf ?? description.Firewall) is not null ? "A row has no box of its own."
        : description is { Nat: not null, NatOf: not null } ? "nat or natOf, not both."
        : null;

    private static string? Nat(NatRules? nat) => nat is null ? null
        : !IsPlain(nat.Mapping) ? "nat.mapping: endpoint-independent, address-dependent or address-and-port-dependent."
        : !IsPlain(nat.Filtering) ? "nat.filtering: endpoint-independent, address-dependent or address-and-port-dependent."
        : nat.Hairpin is NatHairpin.Unknown or NatHairpin.NotNeeded ? "nat.hairpin: no, yes or yes-from-inside."
        : nat.Addresses is < 1 or > 64 ? "nat.addresses: 1 to 64."
        : nat.CrossTraffic is < 0 or > 100_000 ? "nat.crossTraffic: 0 to 100,000 mappings a second."
        : nat.EarlyInboundMemory <= 0 ? "nat.earlyInboundMemory: seconds, more than 0."
        : nat.Limits is { PerSubscriber: < 0 } or { Table: < 0 } ? "nat.limits: 0 for none, or a number."
        : nat is { Ports: { Rule: PortRuleKind.Offset } } && (nat.Ports.First, nat.Ports.Last) != (new PortAssignment().First, new PortAssignment().Last) ? "nat.ports: an offset shifts through all ports; 'first' and 'last' are for other rules."
        : ClashesWithItself(nat) && nat.Ports.OnClash == ClashRule.Refuse ? "nat.ports.onClash: 'refuse' would leave each socket one destination, since this NAT wants the same port again for the next; say overloads, or another rule."
        : Draws(nat) && ClashesWithItself(nat) ? "nat.pooling: with an address that is drawn for each destination, a NAT that keeps or shifts ports overloads them; say overloads, or paired."
        : Draws(nat) && nat.Filtering == NatDependence.EndpointIndependent ? "nat.pooling: no NAT is known that draws an address for each destination and lets in anybody there; say another filtering, or paired."
        : nat.Ports is { Taken: > MostRefused, OnClash: ClashRule.Refuse } ? "nat.ports.taken: at most 0.25 with 'refuse'; a NAT that refuses more is a wall."
        : nat.Limits is { PerSubscriber: > 0 and < LeastRoom } or { Table: > 0 and < LeastRoom } ? "nat.limits: 0 for none, or 240 and more: fewer mappings are no room for a measurement and a call."
        : nat is { KeepsParity: true, Ports: { Rule: PortRuleKind.Step } } ? "nat.keepsParity: a counter that skips ports of the other parity is none that is known; say a step of 2, or another rule."
        : nat is { KeepsParity: true, Ports.Rule: PortRuleKind.Offset } && nat.Ports.Offset % 2 != 0 ? "nat.keepsParity: an odd offset keeps none; say an even one."
        : nat is { Overloads: true, Ports: { Taken: > 0 and < 1, OnClash: not ClashRule.Refuse } } ? "nat.ports.taken: 0 or 1 with overloads, where a port clashes towards the same endpoint alone."
        : Ports(nat.Ports) ?? Expiry(nat.Expiry) ?? (HoldsMoreThanItHas(nat) ? "nat.crossTraffic: so many new mappings a second, each kept for the shortest lifetime there is, need more ports than this counter has." : null);

    /// <summary>Nor is a counter known that goes round while all are in use, though it may overload one or the other.</summary>
    private static bool HoldsMoreThanItHas(NatRules nat) => nat.Ports.Rule == PortRuleKind.Step
        && nat.CrossTraffic * Math.Min(Math.Min(nat.Expiry.UdpNew, nat.Expiry.UdpStream), nat.Expiry.AtMost > 0 ? nat.Expiry.AtMost : double.MaxValue) > (double)Reached(nat.Ports) * nat.Addresses;

    /// <summary>A socket's second destination wants the port that its first one has.</summary>
    private static bool ClashesWithItself(NatRules nat) =>
        nat is { Translates: true, Overloads: false, Ports.Rule: PortRuleKind.Kept or PortRuleKind.Offset } && nat.Mapping != NatDependence.EndpointIndependent;

    /// <summary>Each destination gets any of several addresses.</summary>
    private static bool Draws(NatRules nat) => nat is { Translates: true, Pooling: Pooling.Arbitrary, Addresses: > 1 } && nat.Mapping != NatDependence.EndpointIndependent;

    private static string? Ports(PortAssignment ports) =>
        ports.Rule == PortRuleKind.Unknown ? "nat.ports.rule: kept, offset, step, block or random."
        : ports.First < 1 || ports.Last > 65535 || ports.First > ports.Last ? "nat.ports: first and last lie within 1 and 65535, in this order."
        : ports.Taken is < 0 or > 1 ? "nat.ports.taken: a share between 0 and 1."
        : ports.Rule == PortRuleKind.Step && (ports.Step == 0 || Math.Abs(ports.Step) > LargestStep) ? "nat.ports.step: -32 to 32, not 0."
        : ports.Last - ports.First + 1 < FewestPorts ? "nat.ports: 64 ports and more."
        : ports.Rule == PortRuleKind.Step && Reached(ports) < FewestPorts ? "nat.ports.step: by such steps this counter gives out fewer than 64 ports of its range; say another step or range."
        : ports.Rule == PortRuleKind.Random && ports.Last - ports.First + 1 <= LargestBlock ? "nat.ports: random draws from more than 4,096 ports; what lies closer together is a block."
        : ports.Rule == PortRuleKind.Block && (ports.BlockSize < FewestPorts || Blocks(ports) < 2) ? "nat.ports.blockSize: at least 64, and two whole blocks must lie in the range, for two subscribers."
        : null;

    /// <summary>Ports that a counter comes by, however often it turns round.</summary>
    private static BigInteger Reached(PortAssignment ports) => ports.Last - ports.First + 1 is var range ? range / BigInteger.GreatestCommonDivisor(range, ports.Step) : 0;

    private static int Blocks(PortAssignment ports) => ((ports.Last + 1) / ports.BlockSize) - ((ports.First + ports.BlockSize - 1) / ports.BlockSize);

    private static string? Expiry(MappingExpiry expiry) =>
        expiry.TcpTransitory <= 0 || expiry.TcpEstablished <= 0 || expiry.Echo <= 0
            ? "nat.expiry: seconds, more than 0."
            : expiry.UdpNew < LeastMemory || expiry.UdpStream < LeastMemory ? "nat.expiry: 2 seconds and more for UDP: a NAT that forgets sooner has no room for a question that is asked again."
            : expiry.UdpStreamAfter < 0 ? "nat.expiry.udpStreamAfter: seconds, 0 or more."
            : expiry.AtMost is < 0 or (> 0 and < LeastAge) ? "nat.expiry.atMost: 0 for none, or 10 seconds and more: what ends sooner, in use or not, carries no call." : null;

    private static string? Firewall(FirewallRules? firewall) => firewall is null ? null
        : firewall.Outgoing?.Any(rule => rule is null) == true ? "firewall.outgoing: null is no rule; leave it out."
        : firewall.Outgoing?.Any(rule => rule.Ports.Any(port => port is < 1 or > 65535)) == true ? "firewall.outgoing.ports: 1 to 65535."
        : firewall.Guards.Select(Guard).FirstOrDefault(sentence => sentence is not null);

    private static string? Guard(GuardRules? guard) =>
        guard is null ? "firewall.guards: null is no guard; leave it out."
        : guard.Threshold < 1 ? $"firewall.guards: '{guard.Name}' needs a threshold of 1 or more."
        : guard.Window <= 0 ? $"firewall.guards: '{guard.Name}' needs a window of more than 0 seconds."
        : guard.LowPortWeight < 0 ? $"firewall.guards: '{guard.Name}' needs a lowPortWeight of 0 or more."
        : guard.Refusals < 0 || guard.Attempts < 0 ? $"firewall.guards: '{guard.Name}' needs refusals and attempts of 0 or more."
        : guard.Ban < 0 ? $"firewall.guards: '{guard.Name}' needs a ban of 0 seconds or more."
        : guard.Action is GuardAction.BansNewFlows or GuardAction.BansEverything && guard.Ban <= 0 ? $"firewall.guards: '{guard.Name}' bans, so it needs a ban of more than 0 seconds."
        : null;

    private static string? Sources(BoxDescription description) =>
        description.Sources.GetValueOrDefault("*") is null ? "sources: '*' says where the description is from." : null;

    private static bool IsPlain(NatDependence dependence) =>
        dependence is NatDependence.EndpointIndependent or NatDependence.AddressDependent or NatDependence.AddressAndPortDependent;

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex Id();
}
