using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Which hosts were seen at one end of a rule, and which the rule opens: this is where learning goes beyond what was seen.</summary>
/// <param name="Seen">How many.</param>
/// <param name="Examples">The first of them.</param>
/// <param name="Opened">What the rule says.</param>
/// <param name="IsZone">Too many were seen to name them, or they cannot be named: the rule opens the whole zone.</param>
/// <param name="AreMore">More were seen than were told apart.</param>
public sealed record HostChoice(int Seen, IReadOnlyList<IPAddress> Examples, AddressSet Opened, bool IsZone, bool AreMore = false)
{
    private const int MaximumExamples = 8;

    internal static HostChoice Of(Zone zone, IReadOnlyList<IPAddress> hosts, bool areMore, int maximumNamed)
    {
        IReadOnlyList<IPAddress> examples = [.. hosts.Take(MaximumExamples)];
        return zone.IsSelf ? new(hosts.Count, examples, AddressSet.Any, false)
            : areMore || hosts.Count > maximumNamed ? new(hosts.Count, examples, zone.Addresses, true, areMore)
            : new(hosts.Count, examples, AddressSet.Of(hosts.SelectMany(host => AddressSet.Of(host).Ranges)), false);
    }
}
