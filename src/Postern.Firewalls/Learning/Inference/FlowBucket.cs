using System.Net;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Groups of flows that one rule will be about.</summary>
internal sealed class FlowBucket
{
    public required FlowPattern Pattern { get; init; }

    public required Zone From { get; init; }

    public required Zone To { get; init; }

    public required IpProtocol Protocol { get; init; }

    public byte? IcmpType { get; init; }

    public required IReadOnlyList<FlowGroup> Groups { get; init; }

    /// <summary>What the rule opens; decided from what was seen.</summary>
    public PortSet SourcePorts { get; set; } = PortSet.Any;

    /// <summary>See <see cref="SourcePorts"/>.</summary>
    public PortSet DestinationPorts { get; set; } = PortSet.Any;

    /// <summary>What the catalogue makes of it.</summary>
    public FlowMatch? Match { get; set; }

    public PortSet SeenSourcePorts => field ??= PortUnion.Of(Groups.Select(group => group.SourcePorts));

    public PortSet SeenDestinationPorts => field ??= PortUnion.Of(Groups.Select(group => group.DestinationPorts));

    public IReadOnlyList<IPAddress> Sources => field ??= [.. Groups.Select(group => group.Source).Distinct()];

    public IReadOnlyList<IPAddress> Destinations => field ??= [.. Groups.Select(group => group.Destination).OfType<IPAddress>().Distinct()];

    /// <summary>Where destinations are that were too many to be told apart.</summary>
    public IReadOnlyList<AddressRange> FoldedDestinations => [.. Groups.Where(group => group.Destination is null).Select(group => group.Destinations)];

    public long Count => Groups.Sum(group => group.Count);
}
