using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>RFC 5780 §4.3: one socket's outer endpoints towards several targets tell on what the mapping depends.</summary>
internal static class MappingConclusion
{
    public static NatDependence Of(ProbeFindings findings)
    {
        if (!findings.IsReached)
        {
            return NatDependence.Unknown;
        }

        var seen = findings.Seen.ToArray();
        var hasTwoAddresses = seen.Select(e => e.Destination.Address).Distinct().Count() > 1;
        var byAddress = seen.GroupBy(e => e.Destination.Address).ToArray();
        var hasTwoPorts = byAddress.Any(g => g.Count() > 1);
        if (byAddress.Any(g => g.Select(e => e.Mapped).Distinct().Count() > 1))
        {
            return NatDependence.AddressAndPortDependent;
        }

        if (seen.Select(e => e.Mapped).Distinct().Count() > 1)
        {
            return hasTwoPorts ? NatDependence.AddressDependent : NatDependence.Dependent;
        }

        // A NAT with several addresses may have given the first socket the same one each time, but hardly all others too.
        var moved = findings.FirstSamples.Zip(findings.SecondSamples).Where(two => two is { First.IsAnswered: true, Second.IsAnswered: true } && two.First.Mapped != two.Second.Mapped).ToArray();
        if (moved.Length > 0)
        {
            return moved.Any(two => two.First.Destination.Address == two.Second.Destination.Address) ? NatDependence.AddressAndPortDependent : NatDependence.AddressDependent;
        }

        // Nothing is mapped where nothing is translated.
        return hasTwoAddresses || !findings.IsTranslated ? NatDependence.EndpointIndependent
            : hasTwoPorts ? NatDependence.NotPortDependent
            : NatDependence.Unknown;
    }

    public static IEnumerable<NatDoubt> Doubts(ProbeFindings findings, NatDependence mapping) => mapping switch
    {
        NatDependence.NotPortDependent => [findings.OtherAddress == Endpoint.None ? NatDoubt.NoSecondAddress : NatDoubt.OtherEndpointSilent],
        NatDependence.Dependent => [findings.OtherPort == Endpoint.None ? NatDoubt.NoSecondPort : NatDoubt.OtherEndpointSilent],
        NatDependence.Unknown when !findings.IsReached => [NatDoubt.NoAnswer],
        NatDependence.Unknown when findings.OtherPort == Endpoint.None => [NatDoubt.NoSecondAddress, NatDoubt.NoSecondPort],
        NatDependence.Unknown => [NatDoubt.OtherEndpointSilent],
        _ => [],
    };
}
