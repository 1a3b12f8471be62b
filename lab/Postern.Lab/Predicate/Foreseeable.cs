using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Protocol.Nat;

namespace Postern.Lab.Predicate;

/// <summary>What a forecast takes for granted of a box, beyond what its description may say: a laboratory may have any, but nobody can foretell what comes of it.</summary>
public static class Foreseeable
{
    /// <summary>Seconds. Half a minute is the least that home routers were seen to keep a mapping (Hätönen and others, IMC 2010), and RFC 4787 §4.3 wants two; below ten, addresses and ports are drawn anew between the checks of one call.</summary>
    private const double LeastLifetime = 10;

    /// <summary>One sentence of what is beyond any known NAT; null where nothing is.</summary>
    public static string? Fault(BoxDescription description) =>
        BoxCatalogue.Boxes(description).Select(BoxCatalogue.Nat).OfType<NatRules>().Select(Fault).FirstOrDefault(sentence => sentence is not null);

    private static string? Fault(NatRules nat) =>
        nat.Expiry.UdpNew < LeastLifetime ? "nat.expiry.udpNew: nothing is foretold of a NAT that forgets within 10 seconds; in a topology it may."
        : nat.Expiry.AtMost is > 0 and < LeastLifetime ? "nat.expiry.atMost: nothing is foretold of a NAT that forgets within 10 seconds; in a topology it may."
        : nat.Expiry.UdpStream < nat.Expiry.UdpNew ? "nat.expiry.udpStream: nothing is foretold of a NAT that forgets sooner what is answered than what is not; in a topology it may."
        : MovesInPart(nat) ? "nat.ports.taken: nothing is foretold of a NAT that keeps some sockets' first ports and moves all their others; say 0, or 1 with 'random', or another mapping; in a topology it may."
        : null;

    /// <summary>Samples show the ports of first destinations, some of which are kept; all others are moved, as the first one is in use.</summary>
    private static bool MovesInPart(NatRules nat) =>
        nat is { Mapping: not NatDependence.EndpointIndependent, Overloads: false, Ports: { Rule: PortRuleKind.Kept or PortRuleKind.Offset, Taken: > 0 } ports }
        && (ports.Taken < 1 || ports.OnClash == ClashRule.Next);
}
