namespace Postern.Firewalls.Rules;

/// <summary>Matches as sets of packets.</summary>
public static class Packets
{
    /// <summary>Whether some packet is one of both.</summary>
    public static bool Overlap(Match one, Match other) =>
        Meet(one.From, other.From) && Meet(one.To, other.To)
        && Protocols(one, other).Any(protocol => OverlapFor(protocol, one, other));

    private static bool OverlapFor(IpProtocol protocol, Match one, Match other)
    {
        var (source, destination) = (one.Source.Intersect(other.Source), one.Destination.Intersect(other.Destination));
        var isOfAFamily = Enum.GetValues<IpVersion>().Any(version =>
            protocol.IsOf(version) && !source.Of(version).IsEmpty && !destination.Of(version).IsEmpty);
        var isOfAType = one.IcmpType is null || other.IcmpType is null || one.IcmpType == other.IcmpType;
        return isOfAFamily && isOfAType && (protocol.HasPorts() ? PortsMeet(one, other) : !one.NamesPorts && !other.NamesPorts);
    }

    private static bool PortsMeet(Match one, Match other)
    {
        var (source, destination) = (one.SourcePorts.Intersect(other.SourcePorts), one.DestinationPorts.Intersect(other.DestinationPorts));
        return one.SamePort || other.SamePort ? source.Overlaps(destination) : !source.IsEmpty && !destination.IsEmpty;
    }

    /// <summary>The protocols that both are about; TCP and ICMP stand for all where both are about all.</summary>
    private static IpProtocol[] Protocols(Match one, Match other)
    {
        IpProtocol[] named = [.. new[] { one.Protocol, other.Protocol }.Where(protocol => protocol != IpProtocol.Any).Distinct()];
        return named.Length switch
        {
            0 => [IpProtocol.Tcp, IpProtocol.Icmp, IpProtocol.Icmp6, IpProtocol.Gre],
            1 => IsNamedFor(named[0], one) && IsNamedFor(named[0], other) ? named : [],
            _ => [],
        };
    }

    /// <summary>A type of ICMP is of ICMP alone, even where the match names no protocol.</summary>
    private static bool IsNamedFor(IpProtocol protocol, Match match) => match.IcmpType is null || protocol is IpProtocol.Icmp or IpProtocol.Icmp6;

    private static bool Meet(Zone? one, Zone? other) => one is null || other is null || one.Is(other);
}
