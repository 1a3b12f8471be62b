namespace Postern.Protocol.Nat;

/// <summary>What an unknown behaviour probably is: coarse shares, from most NATs mapping endpoint-independently and filtering strictly.</summary>
internal static class NatPriors
{
    private const NatDependence Independent = NatDependence.EndpointIndependent;
    private const NatDependence ByAddress = NatDependence.AddressDependent;
    private const NatDependence ByPort = NatDependence.AddressAndPortDependent;

    public static (NatDependence Behaviour, double Share)[] Mapping(NatReport report) => report.IsTranslated ? Of(report.Mapping, 0.78, 0.02, 0.20) : [(Independent, 1)];

    public static (NatDependence Behaviour, double Share)[] Filtering(NatReport report) => Of(report.Filtering, 0.10, 0.10, 0.80);

    private static (NatDependence, double)[] Of(NatDependence measured, double independent, double byAddress, double byPort) => measured switch
    {
        NatDependence.Unknown => [(Independent, independent), (ByAddress, byAddress), (ByPort, byPort)],
        NatDependence.NotPortDependent => [(Independent, independent / (independent + byAddress)), (ByAddress, byAddress / (independent + byAddress))],
        NatDependence.Dependent => [(ByAddress, byAddress / (byAddress + byPort)), (ByPort, byPort / (byAddress + byPort))],
        _ => [(measured, 1)],
    };
}
