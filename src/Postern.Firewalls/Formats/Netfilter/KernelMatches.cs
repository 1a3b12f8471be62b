using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>A policy's match as it is looked at in one place.</summary>
internal static class KernelMatches
{
    /// <summary>One for both families where they look the same, else one a family; none where no packet can fit.</summary>
    public static IReadOnlyList<KernelMatch> Of(Match match, Place place, IReadOnlyList<IpVersion> versions)
    {
        var each = versions.Order().Select(version => Of(match, place, version)).OfType<KernelMatch>().ToList();
        return each is [var one, var other] && one with { Version = null } == other with { Version = null } ? [one with { Version = null }] : each;
    }

    /// <summary>Null where no packet of the family can fit.</summary>
    public static KernelMatch? Of(Match match, Place place, IpVersion version)
    {
        var source = match.Source.Intersect(match.From?.Addresses ?? AddressSet.Any).Of(version);
        var destination = match.Destination.Intersect(match.To?.Addresses ?? AddressSet.Any).Of(version);
        var protocol = match is { Protocol: IpProtocol.Any, IcmpType: not null }
            ? version == IpVersion.V4 ? IpProtocol.Icmp : IpProtocol.Icmp6
            : match.Protocol;
        var fits = protocol.IsOf(version) && !source.IsEmpty && !destination.IsEmpty
            && !match.SourcePorts.IsEmpty && !match.DestinationPorts.IsEmpty
            && (!match.NamesPorts || protocol == IpProtocol.Any || protocol.HasPorts())
            && (!match.SamePort || match.SourcePorts.Overlaps(match.DestinationPorts));
        return fits
            ? Placed(match, place) with
            {
                Version = version,
                Source = source.IsAnyOf(version) ? null : source,
                Destination = destination.IsAnyOf(version) ? null : destination,
                Protocol = protocol,
            }
            : null;
    }

    private static KernelMatch Placed(Match match, Place place)
    {
        var isRouted = place is not (Place.RedirectIncoming or Place.RedirectOwn);
        IReadOnlyList<string> towards = match.To?.Interfaces ?? [];
        return new()
        {
            In = place is Place.Output or Place.RedirectOwn ? [] : match.From?.Interfaces ?? [],
            Out = place is Place.Forward or Place.Output or Place.Hairpin ? towards : [],
            RoutedTo = isRouted ? [] : towards,
            ToThisHost = !isRouted && match.To is { IsSelf: true },
            SourcePorts = match.SourcePorts,
            DestinationPorts = match.DestinationPorts,
            SamePort = match.SamePort,
            IcmpType = match.IcmpType,
        };
    }
}
