using Postern.Protocol.Prediction;

namespace Postern.Protocol.Nat;

/// <summary>
/// Whether two NATs can be punched, by RFC 4787's words alone. Filter state is taken to belong to the mapping (as in
/// connection tracking), and a path must have one endpoint at each end, as ICE wants it (RFC 8445 §7.2.5.2.1).
/// </summary>
internal static class PunchOutlook
{
    /// <summary>The reason's identifier, which begins with "no-" where it cannot work.</summary>
    public static string Of(NatDependence mapping, NatDependence filtering, NatDependence otherMapping, NatDependence otherFiltering)
    {
        var isMoving = mapping != NatDependence.EndpointIndependent;
        var isOtherMoving = otherMapping != NatDependence.EndpointIndependent;
        return (isMoving, isOtherMoving) switch
        {
            (false, false) => "both-mappings-stay",
            (false, true) => LetsAnyPortIn(filtering) ? "moving-there-filter-open-here" : "no-moving-there-filter-strict-here",
            (true, false) => LetsAnyPortIn(otherFiltering) ? "moving-here-filter-open-there" : "no-moving-here-filter-strict-there",
            _ => BothMoving(mapping, filtering, otherMapping, otherFiltering) ? "both-move-filters-open" : "no-both-move",
        };
    }

    /// <summary>A filter that looks at addresses is as strict as any towards a NAT whose next address nobody knows.</summary>
    public static NatDependence Towards(NatReport other, NatDependence filtering) =>
        filtering == NatDependence.AddressDependent && AddressPool.Of(other).Count > 1 ? NatDependence.AddressAndPortDependent : filtering;

    /// <summary>What was not measured is taken for strict.</summary>
    private static bool LetsAnyPortIn(NatDependence filtering) =>
        filtering is NatDependence.EndpointIndependent or NatDependence.AddressDependent or NatDependence.NotPortDependent;

    // The first packet enters only where anybody may; its answer comes from a new port, so the other filter must not look at ports;
    // and where both mappings depend on the port, each answer moves the pair of endpoints on, for ever.
    private static bool BothMoving(NatDependence mapping, NatDependence filtering, NatDependence otherMapping, NatDependence otherFiltering) =>
        (mapping == NatDependence.AddressDependent || otherMapping == NatDependence.AddressDependent)
        && RunInACircle(filtering, otherFiltering);

    /// <summary>Where both mappings move: checks arrive, and so do their answers, from a port that is new each time.</summary>
    public static bool RunInACircle(NatDependence filtering, NatDependence otherFiltering) =>
        LetsAnyPortIn(filtering) && LetsAnyPortIn(otherFiltering)
        && (filtering == NatDependence.EndpointIndependent || otherFiltering == NatDependence.EndpointIndependent);
}
