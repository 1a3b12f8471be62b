using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Why a rule is proposed.</summary>
/// <param name="Flows">How many flows it is made from.</param>
/// <param name="Repeats">How many packets repeated one: it got no answer.</param>
/// <param name="Sources">Who started them.</param>
/// <param name="Destinations">Towards whom.</param>
/// <param name="SourcePorts">Those that were seen.</param>
/// <param name="DestinationPorts">Those that were seen.</param>
/// <param name="First">When the first was seen, as <see cref="Sighting.At"/>.</param>
/// <param name="Last">When the last was.</param>
/// <param name="Newest">When the last of its services, one port or one kind, was first seen.</param>
public sealed record RuleEvidence(
    long Flows, long Repeats, HostChoice Sources, HostChoice Destinations, PortSet SourcePorts, PortSet DestinationPorts, long First, long Last, long Newest)
{
    internal static RuleEvidence Of(IReadOnlyList<FlowGroup> groups, HostChoice sources, HostChoice destinations, long newest)
    {
        var (flows, repeats, first, last) = (0L, 0L, long.MaxValue, long.MinValue);
        foreach (var group in groups)
        {
            (flows, repeats) = (checked(flows + group.Count), checked(repeats + group.Repeats));
            (first, last) = (Math.Min(first, group.First), Math.Max(last, group.Last));
        }

        var (sourcePorts, destinationPorts) = (PortUnion.Of(groups.Select(group => group.SourcePorts)), PortUnion.Of(groups.Select(group => group.DestinationPorts)));
        return new(flows, repeats, sources, destinations, sourcePorts, destinationPorts, first, last, newest);
    }
}
