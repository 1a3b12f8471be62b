using System.Net;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Sets aside what no rule should be made of.</summary>
internal sealed class FlowSorter
{
    /// <summary>A stranger who tries so many ports of one host, each hardly more than once, scans it.</summary>
    private const int ScannedPorts = 12;

    private const int LowestScannedLow = 4;
    private const int FirstHighPort = 1024;
    private const int FirstDynamicPort = 32768; // Linux's range, the lowest of those that systems give out

    private readonly List<(string Why, FlowGroup Group)> _dismissed = [];

    /// <summary>Flows from which rules are to be made.</summary>
    public List<FlowGroup> Kept { get; } = [];

    /// <summary>Broadcasts and multicasts.</summary>
    public List<FlowGroup> Noise { get; } = [];

    public IReadOnlyList<Dismissal> Dismissed =>
        [.. _dismissed.GroupBy(one => one.Why).Select(why => new Dismissal(why.Key, why.Sum(one => one.Group.Count), Text(why.First().Group)))];

    public void Sort(IEnumerable<FlowGroup> groups, LearnOptions options)
    {
        var hosts = options.Hosts.ToHashSet();
        var wanted = new List<FlowGroup>();
        foreach (var group in groups)
        {
            if (Reason(group, hosts, options) is { } why)
            {
                _dismissed.Add((why, group));
            }
            else if (IsNoise(group))
            {
                Noise.Add(group);
            }
            else
            {
                wanted.Add(group);
            }
        }

        var scanned = Scans(wanted).ToHashSet<object>(ReferenceEqualityComparer.Instance);
        if (scanned.Count == 0)
        {
            Kept.AddRange(wanted);
            return;
        }

        scanned.UnionWith(Rest(wanted, scanned));
        Kept.AddRange(wanted.Where(group => !scanned.Contains(group)));
        _dismissed.AddRange(wanted.Where(scanned.Contains).Select(group => ("A stranger tries many ports of one host: a scan.", group)));
    }

    private static string? Reason(FlowGroup group, HashSet<IPAddress> hosts, LearnOptions options) =>
        !ZoneFinder.IsInterface(group.InInterface) || !ZoneFinder.IsInterface(group.OutInterface) ? "No interface can have that name."
        : hosts.Count > 0 && !hosts.Contains(group.Source) && (group.Destination is null || !hosts.Contains(group.Destination)) ? "None of the hosts that were asked for takes part."
        : !group.Prefix.Contains(options.Prefix, StringComparison.Ordinal) ? "Another rule logged it than was asked for."
        : group.InInterface == "lo" || group.OutInterface == "lo" ? "The loopback."
        : group is { Protocol: IpProtocol.Icmp6, IcmpType: >= 130 and <= 137 or 143 } ? "Neighbour discovery and groups of IPv6: every firewall lets them pass."
        : IsAnswer(group) ? "The answers to something that began before the log."
        : null;

    /// <summary>From a service's port to one that a system gives out: the way back. A filter that remembers flows must not open it.</summary>
    private static bool IsAnswer(FlowGroup group) =>
        group.Protocol == IpProtocol.Udp && group.Passed != false
        && group.SourcePorts is { Count: 1, First: < FirstHighPort and > 0 }
        && group.DestinationPorts.First >= FirstDynamicPort;

    private static bool IsNoise(FlowGroup group) => group.Destination is { } to && group.Protocol != IpProtocol.Tcp
        && (to.IsIPv6Multicast || (to.GetAddressBytes() is [var first, _, _, var last] && (first is >= 224 and < 240 || (last == 255 && IsBroadcast(group)))));

    /// <summary>An address in 255 is mostly a network's broadcast address: where it never starts anything, and neighbours speak to it.</summary>
    private static bool IsBroadcast(FlowGroup group) => group.Destination!.Equals(IPAddress.Broadcast)
        || group.Destination.GetAddressBytes().AsSpan(0, 2).SequenceEqual(group.Source.GetAddressBytes().AsSpan(0, 2));

    private static IEnumerable<FlowGroup> Scans(List<FlowGroup> groups) => groups
        .Where(group => group is { Passed: not true, Destination: not null, HasPorts: true } && group.Count <= 2)
        .GroupBy(group => (group.Source, group.Destination))
        .Where(pair => pair.Count() >= ScannedPorts && pair.Count(group => group.DestinationPorts.First < FirstHighPort) >= LowestScannedLow)
        .SelectMany(pair => pair);

    /// <summary>Who scanned a port of so many hosts that the rest of them are one group scanned the rest as well.</summary>
    private static IEnumerable<FlowGroup> Rest(List<FlowGroup> groups, HashSet<object> scanned)
    {
        var ports = groups.Where(scanned.Contains).Select(group => (group.Source, group.Protocol, group.DestinationPorts)).ToHashSet();
        return ports.Count == 0 ? [] : [.. groups.Where(group => group is { Destination: null, Passed: not true } && ports.Contains((group.Source, group.Protocol, group.DestinationPorts)))];
    }

    private static string Text(FlowGroup group) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{group.Protocol.ToString().ToLowerInvariant()} {group.Source} to {group.Destination?.ToString() ?? "many"} port {group.DestinationPorts}");
}
