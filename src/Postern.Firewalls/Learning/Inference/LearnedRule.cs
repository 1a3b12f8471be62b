using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>A rule that a log speaks for.</summary>
/// <param name="Rule">What to let through, or to keep out of the log.</param>
/// <param name="Pattern">By what it was recognised.</param>
/// <param name="Match">The catalogue's explanation; null for none.</param>
/// <param name="Evidence">Why.</param>
public sealed record LearnedRule(Rule Rule, FlowPattern Pattern, FlowMatch? Match, RuleEvidence Evidence)
{
    /// <summary>
    /// How much the rule opens: the logarithm to base two of source addresses times source ports times destination addresses times
    /// destination ports. 0 where it opens nothing.
    /// </summary>
    public double Bits => Rule.Verdict.LetsPass ? Size(Rule.Match.Source, Rule.Match.Destination) : 0;

    /// <summary>The same for the hosts that were seen, so that what the choice of hosts added shows apart.</summary>
    public double BitsOfSeenHosts => Rule.Verdict.LetsPass ? Math.Log2(Math.Max(1, Evidence.Sources.Seen)) + Math.Log2(Math.Max(1, Evidence.Destinations.Seen)) + PortBits : 0;

    /// <summary>Ports that the rule opens and that were never seen, at either end.</summary>
    public (int Source, int Destination) UnseenPorts => HasPorts
        ? (Rule.Match.SourcePorts.Except(Evidence.SourcePorts).Count, Rule.Match.DestinationPorts.Except(Evidence.DestinationPorts).Count)
        : (0, 0);

    private bool HasPorts => Rule.Match.Protocol.HasPorts();

    private double PortBits => !HasPorts ? 0
        : Math.Log2(Rule.Match.DestinationPorts.Count) + (Rule.Match.SamePort ? 0 : Math.Log2(Rule.Match.SourcePorts.Count));

    private double Size(AddressSet source, AddressSet destination) => AddressBits(source) + AddressBits(destination) + PortBits;

    /// <summary>Of the family that the flows were of; "any" counts as all of it.</summary>
    private static double AddressBits(AddressSet addresses)
    {
        var version = addresses.Ranges.Any(range => range.Version == IpVersion.V4) ? IpVersion.V4 : IpVersion.V6;
        return Math.Log2(addresses.Ranges.Where(range => range.Version == version).Sum(range => Math.Pow(2, range.Bits)));
    }
}
