using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>Whether some packet may fit two matches. Never says no wrongly.</summary>
internal static class MatchOverlap
{
    public static bool Of(Match one, Match other) =>
        Zones(one.From, other.From) && Zones(one.To, other.To)
        && (one.Protocol == other.Protocol || one.Protocol == IpProtocol.Any || other.Protocol == IpProtocol.Any)
        && one.Source.Overlaps(other.Source) && one.Destination.Overlaps(other.Destination)
        && one.SourcePorts.Overlaps(other.SourcePorts) && one.DestinationPorts.Overlaps(other.DestinationPorts)
        && (one.IcmpType is null || other.IcmpType is null || one.IcmpType == other.IcmpType);

    private static bool Zones(Zone? one, Zone? other) => one is null || other is null || one == other;
}
