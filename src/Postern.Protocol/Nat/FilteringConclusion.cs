using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>
/// RFC 5780 §4.4: which answers from elsewhere pass tells on what the filter depends. Silence counts only from an endpoint
/// that answered a direct question afterwards.
/// </summary>
internal static class FilteringConclusion
{
    public static NatDependence Of(ProbeFindings findings)
    {
        if (findings.FilterBoth is { IsAnswered: true })
        {
            return NatDependence.EndpointIndependent;
        }

        var isBothStopped = IsStopped(findings.FilterBoth) && findings.HasAnswered(e => e.Address == findings.OtherAddress.Address);
        if (findings.FilterPort is { IsAnswered: true })
        {
            return isBothStopped ? NatDependence.AddressDependent : NatDependence.NotPortDependent;
        }

        if (IsStopped(findings.FilterPort) && findings.HasAnswered(e => e == findings.OtherPort))
        {
            return NatDependence.AddressAndPortDependent;
        }

        return isBothStopped ? NatDependence.Dependent : NatDependence.Unknown;
    }

    public static IEnumerable<NatDoubt> Doubts(ProbeFindings findings, NatDependence filtering)
    {
        if (filtering is NatDependence.EndpointIndependent or NatDependence.AddressDependent or NatDependence.AddressAndPortDependent)
        {
            return [];
        }

        if (!findings.IsReached)
        {
            return [NatDoubt.NoAnswer];
        }

        if (findings.FilterBoth is { IsRefused: true } || findings.FilterPort is { IsRefused: true })
        {
            return [NatDoubt.ChangeRefused];
        }

        if (findings.OtherAddress != Endpoint.None)
        {
            return [findings.FilterPort is null ? NatDoubt.NoSocket : NatDoubt.OtherEndpointSilent];
        }

        return filtering == NatDependence.NotPortDependent ? [NatDoubt.NoSecondAddress]
            : findings.OtherPort == Endpoint.None ? [NatDoubt.NoSecondAddress, NatDoubt.NoSecondPort]
            : [NatDoubt.NoSecondAddress, NatDoubt.OtherEndpointSilent];
    }

    private static bool IsStopped(ProbeExchange? exchange) => exchange is { IsAnswered: false, IsRefused: false, IsOpen: false, Transmissions: > 0 };
}
