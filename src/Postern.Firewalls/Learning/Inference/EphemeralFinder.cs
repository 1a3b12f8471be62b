using System.Net;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Which ports a host's system gives to sockets that ask for none, judged by all source ports that it used.</summary>
internal sealed class EphemeralFinder
{
    /// <summary>From so many ports on, the smallest range that holds them all is believed.</summary>
    private const int Enough = 8;

    private static readonly PortSet Dynamic = PortSet.Of(new PortRange(32768, 65535)); // Linux's, Windows', macOS' and IANA's together

    private static readonly PortSet High = PortSet.Of(new PortRange(1024, ushort.MaxValue));

    private readonly Dictionary<IPAddress, EphemeralRange?> _ranges = [];
    private readonly Dictionary<IPAddress, PortSet> _seen;

    public EphemeralFinder(IEnumerable<FlowGroup> groups) => _seen = groups
        .Where(group => group.HasPorts && !group.SourcePorts.Equals(group.DestinationPorts))
        .GroupBy(group => group.Source)
        .ToDictionary(host => host.Key, host => Varying([.. host]));

    /// <summary>The range of a host's system, all dynamic ports where too few were seen to tell; null where it used none of them.</summary>
    public EphemeralRange? Of(IPAddress host)
    {
        if (!_ranges.TryGetValue(host, out var range))
        {
            range = _seen.TryGetValue(host, out var ports) && !ports.IsEmpty ? Judge(ports) : null;
            _ranges[host] = range;
        }

        return range;
    }

    private static EphemeralRange? Judge(PortSet ports)
    {
        var holding = EphemeralPorts.Holding(ports).ToArray();
        if (ports.Count >= Enough || !Dynamic.Contains(ports))
        {
            return holding.FirstOrDefault();
        }

        return new("dynamic", "Linux, Windows or macOS", Dynamic, "the ranges of these systems together");
    }

    /// <summary>Ports that serve, and those that one program keeps for many peers, are not the system's choice.</summary>
    private static PortSet Varying(FlowGroup[] groups)
    {
        var kept = groups
            .Where(group => group.Protocol != IpProtocol.Tcp && group.SourcePorts.Count == 1)
            .GroupBy(group => group.SourcePorts)
            .Where(port => port.Count() > 1)
            .Select(port => port.Key).ToHashSet();
        return PortUnion.Of(groups.Where(group => group.SourcePorts.Count != 1 || !kept.Contains(group.SourcePorts)).Select(group => group.SourcePorts)).Intersect(High);
    }
}
