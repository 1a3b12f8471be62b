using Postern.Lab.Boxes.Descriptions;
using Postern.Protocol.Nat;

namespace Postern.Lab.Predicate;

/// <summary>
/// Of which box of the catalogue a report is: behaviours must be compatible, and of ports it is asked how likely each box would
/// have given out just these (Bayes' rule with equal priors).
/// </summary>
public static class BoxNaming
{
    /// <summary>What is less likely than this is not named; a true box is left out once in a thousand times.</summary>
    private const double LeastOdds = 0.001;

    private static readonly Lazy<IReadOnlyList<(BoxKind Kind, string[] Ids)>> Kinds = new(() =>
    [
        .. BoxCatalogue.All.Values.GroupBy(BoxKind.Of).Select(kind => (kind.Key, kind.Select(box => box.Id).Order(StringComparer.Ordinal).ToArray())),
    ]);

    /// <summary>Boxes of the catalogue that questions to one server cannot tell from this one, itself among them.</summary>
    public static IReadOnlyList<string> KindOf(string id) => Kinds.Value.First(kind => kind.Ids.Contains(id)).Ids;

    /// <summary>The likeliest first; empty where no box of the catalogue is like that.</summary>
    public static IReadOnlyList<BoxName> Of(NatReport report)
    {
        var likelihoods = Kinds.Value.Where(kind => IsCompatible(kind.Kind, report))
            .Select(kind => (kind.Ids, Likelihood: kind.Kind.Ports is { } ports ? PortLikelihood.Of(report.Ports, ports, kind.Kind.CrossTraffic) : 0))
            .Where(kind => !double.IsNegativeInfinity(kind.Likelihood)).ToArray();
        if (likelihoods.Length == 0)
        {
            return [];
        }

        var best = likelihoods.Max(kind => kind.Likelihood);
        var sum = likelihoods.Sum(kind => Math.Exp(kind.Likelihood - best));
        return
        [
            .. likelihoods.Select(kind => new BoxName(kind.Ids, Math.Exp(kind.Likelihood - best) / sum))
                .Where(name => name.Odds >= LeastOdds).OrderByDescending(name => name.Odds),
        ];
    }

    private static bool IsCompatible(BoxKind box, NatReport report) =>
        !box.IsOpen || report.UdpBlocked ? box.IsOpen != report.UdpBlocked
        : box.Translates == report.IsTranslated
            && report.MappedAddresses <= box.Addresses
            && MayBe(report.Mapping, box.Mapping)
            && MayBe(report.Filtering, box.Filtering)
            && (report.Hairpin == NatHairpin.Unknown || report.Hairpin == box.Hairpin);

    private static bool MayBe(NatDependence measured, NatDependence real) => measured switch
    {
        NatDependence.Unknown => true,
        NatDependence.NotPortDependent => real is NatDependence.EndpointIndependent or NatDependence.AddressDependent,
        NatDependence.Dependent => real is NatDependence.AddressDependent or NatDependence.AddressAndPortDependent,
        _ => measured == real,
    };
}
