using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Chooses the ports that a rule opens: those that were seen, or a range where there is a reason for one.</summary>
internal static class PortChoice
{
    /// <summary>So many different ports are no longer a list that somebody chose.</summary>
    public const int Many = 8;

    private static readonly PortSet Privileged = PortSet.Of(new PortRange(512, 1023)); // what bindresvport(3) draws from
    private static readonly PortSet High = PortSet.Of(new PortRange(1024, ushort.MaxValue));

    /// <summary>Of the side that starts.</summary>
    public static PortSet Source(FlowBucket bucket, EphemeralFinder ephemeral)
    {
        var seen = bucket.SeenSourcePorts;
        var drawn = PortSet.Of(bucket.Sources.Select(ephemeral.Of).OfType<Catalogue.EphemeralRange>().SelectMany(range => range.Ports.Ranges));
        var rest = seen.Except(drawn);
        if (rest.IsEmpty)
        {
            return drawn;
        }

        var chosen = Privileged.Contains(rest) && (rest.Count > 1 || bucket.Count == 1) ? Privileged
            : rest.Count < Many ? rest
            : High.Contains(rest) ? High
            : PortSet.Any;
        return rest.Equals(seen) ? chosen : chosen.Union(drawn);
    }

    /// <summary>Of the side that serves, where it was seen to use many ports.</summary>
    public static PortSet Destination(PortSet seen)
    {
        var low = seen.Except(High);
        var high = seen.Intersect(High);
        return low.Union(Hull(high));
    }

    private static PortSet Hull(PortSet seen)
    {
        if (seen.Count < Many)
        {
            return seen;
        }

        // A range of which half was seen is as good as seen.
        var whole = PortSet.Of(new PortRange(seen.Ranges[0].First, seen.Ranges[^1].Last));
        return seen.Count * 2 >= whole.Count ? whole
            : Catalogue.EphemeralPorts.Holding(seen).FirstOrDefault()?.Ports ?? High;
    }
}
