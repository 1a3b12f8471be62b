using Postern.Net.Tests.Networks;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Lab;

/// <summary>What coturn's <c>turnutils_natdiscovery</c> thinks of a NAT; unknown where it says nothing that can be relied on.</summary>
/// <param name="IsTranslated">Null where it did not say.</param>
/// <param name="Mapping">RFC 5780 §4.3.</param>
/// <param name="Filtering">RFC 5780 §4.4.</param>
/// <param name="TurnsRound">Whether a request to the own outer address came back.</param>
internal sealed record NatDiscovery(bool? IsTranslated, NatDependence Mapping, NatDependence Filtering, bool TurnsRound)
{
    private static readonly (string Words, NatDependence Means)[] Dependences =
    [
        ("Endpoint Independent", NatDependence.EndpointIndependent),
        ("Address and Port Dependent", NatDependence.AddressAndPortDependent),
        ("Address Dependent", NatDependence.AddressDependent),
    ];

    public static NatDiscovery Ask(LabRun lab, string host, IpAddress local, Endpoint server)
    {
        using var asking = lab.StartInside(host, "turnutils_natdiscovery", "-m", "-f", "-H", "-L", $"{local}", "-p", $"{server.Port}", $"{server.Address}");
        return Read(asking.WaitForExit(60).Output);
    }

    /// <summary>What it contradicts in a report.</summary>
    public IEnumerable<string> Contradictions(NatReport report)
    {
        if (IsTranslated is { } translated && translated != report.IsTranslated)
        {
            yield return $"translation: {translated}";
        }

        if (Mapping != NatDependence.Unknown && Mapping != report.Mapping)
        {
            yield return $"mapping: {Mapping}";
        }

        if (Filtering != NatDependence.Unknown && Filtering != report.Filtering)
        {
            yield return $"filtering: {Filtering}";
        }

        if (TurnsRound && report.Hairpin is NatHairpin.No or NatHairpin.Unknown)
        {
            yield return "hairpin: yes"; // it does not open the filter first, so that silence is no opinion
        }
    }

    private static NatDiscovery Read(string said)
    {
        var hasAnswer = said.Contains("UDP reflexive addr", StringComparison.Ordinal);
        return new(
            hasAnswer ? !said.Contains("No NAT!", StringComparison.Ordinal) : null,
            Dependence(said, "Mapping!"), Dependence(said, "Filtering!"), said.Contains("successful hairpinning", StringComparison.Ordinal));
    }

    private static NatDependence Dependence(string said, string aspect) =>
        Dependences.FirstOrDefault(known => said.Contains($"NAT with {known.Words} {aspect}", StringComparison.Ordinal)).Means;
}
