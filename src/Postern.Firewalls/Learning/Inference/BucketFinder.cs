using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Finds the patterns: what is to become one rule.</summary>
internal sealed class BucketFinder(ZoneFinder zones, EphemeralFinder ephemeral)
{
    private FlowPlace? _last; // mostly the next group's too

    public IEnumerable<FlowBucket> Find(IReadOnlyList<FlowGroup> kept, IReadOnlyList<FlowGroup> noise)
    {
        foreach (var pair in kept.GroupBy(Where))
        {
            foreach (var bucket in Patterns(pair.Key, [.. pair]))
            {
                yield return bucket;
            }
        }

        foreach (var same in noise.GroupBy(group => (Where: Where(group), group.DestinationPorts, group.IcmpType)))
        {
            var bucket = Bucket(FlowPattern.Noise, same.Key.Where, [.. same]);
            bucket.DestinationPorts = same.First().HasPorts ? same.Key.DestinationPorts : PortSet.Any;
            yield return bucket;
        }
    }

    private FlowPlace Where(FlowGroup group)
    {
        var (from, to) = (zones.From(group), zones.To(group));
        return _last is { } last && ReferenceEquals(last.From, from) && ReferenceEquals(last.To, to) && last.Protocol == group.Protocol ? last : _last = new(from, to, group.Protocol);
    }

    private IEnumerable<FlowBucket> Patterns(FlowPlace where, List<FlowGroup> left)
    {
        if (!left[0].HasPorts)
        {
            return left.GroupBy(group => group.IcmpType).Select(type => Bucket(FlowPattern.Service, where, [.. type]));
        }

        var same = Take(left, group => group.SourcePorts.Count == 1 && group.SourcePorts.Equals(group.DestinationPorts));
        return SamePorts(where, same).Concat(FixedSources(where, left)).Concat(ManyPorts(where, left)).Concat(Services(where, left));
    }

    private static IEnumerable<FlowBucket> SamePorts(FlowPlace where, List<FlowGroup> same) => same
        .GroupBy(group => group.DestinationPorts)
        .Select(port =>
        {
            var bucket = Bucket(FlowPattern.SamePort, where, [.. port]);
            (bucket.SourcePorts, bucket.DestinationPorts) = (port.Key, port.Key);
            return bucket;
        });

    /// <summary>One host's source port that goes to many ports: Skype's and KaZaA's way, and a media server's.</summary>
    private static IEnumerable<FlowBucket> FixedSources(FlowPlace where, List<FlowGroup> left)
    {
        var found = left.Where(group => group.SourcePorts.Count == 1)
            .GroupBy(group => (group.Source, group.SourcePorts))
            .Where(port => port.Count() > 1 || port.First().DestinationPorts.Count > 1)
            .Where(port => PortUnion.Of(port.Select(group => group.DestinationPorts)).Count >= PortChoice.Many)
            .Select(port => port.ToList()).ToList();
        foreach (var groups in found)
        {
            Remove(left, groups);
            var low = Take(groups, group => group.DestinationPorts.Last < 1024);
            foreach (var part in new[] { groups, low }.Where(part => part.Count > 0))
            {
                var bucket = Bucket(FlowPattern.FixedSource, where, part);
                bucket.SourcePorts = bucket.SeenSourcePorts;
                bucket.DestinationPorts = PortChoice.Destination(bucket.SeenDestinationPorts);
                yield return bucket;
            }
        }
    }

    /// <summary>
    /// One host's flows to so many high ports, few of which it used on more than one other host or more than once: no service has them.
    /// </summary>
    private IEnumerable<FlowBucket> ManyPorts(FlowPlace where, List<FlowGroup> left)
    {
        var hosts = left.Where(group => group.DestinationPorts.First >= 1024).GroupBy(group => group.Source).ToList();
        foreach (var host in hosts)
        {
            var groups = host.GroupBy(group => group.DestinationPorts)
                .Where(port => port.Key.Count > 1 || port.Select(group => group.Destination).Distinct().Count() == 1)
                .SelectMany(port => port).ToList();
            if (PortUnion.Of(groups.Select(group => group.DestinationPorts)).Count < 2 * PortChoice.Many)
            {
                continue;
            }

            Remove(left, groups);
            var bucket = Bucket(FlowPattern.ManyPorts, where, groups);
            bucket.SourcePorts = PortChoice.Source(bucket, ephemeral);
            bucket.DestinationPorts = PortChoice.Destination(bucket.SeenDestinationPorts);
            yield return bucket;
        }
    }

    private IEnumerable<FlowBucket> Services(FlowPlace where, List<FlowGroup> left) => left
        .GroupBy(group => group.DestinationPorts)
        .Select(port =>
        {
            var bucket = Bucket(FlowPattern.Service, where, [.. port]);
            bucket.SourcePorts = PortChoice.Source(bucket, ephemeral);
            bucket.DestinationPorts = port.Key.Count < PortChoice.Many ? port.Key : PortChoice.Destination(port.Key); // a full table keeps ports as a set
            return bucket;
        });

    private static List<FlowGroup> Take(List<FlowGroup> left, Predicate<FlowGroup> which)
    {
        var taken = left.FindAll(which);
        left.RemoveAll(which);
        return taken;
    }

    private static void Remove(List<FlowGroup> left, IEnumerable<FlowGroup> groups)
    {
        var gone = groups.ToHashSet<object>(ReferenceEqualityComparer.Instance);
        left.RemoveAll(gone.Contains);
    }

    private static FlowBucket Bucket(FlowPattern pattern, FlowPlace where, List<FlowGroup> groups) => new()
    {
        Pattern = pattern,
        From = where.From,
        To = where.To,
        Protocol = where.Protocol,
        IcmpType = where.Protocol is IpProtocol.Icmp or IpProtocol.Icmp6 ? groups[0].IcmpType : null,
        Groups = groups,
    };
}
