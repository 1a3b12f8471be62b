using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning;

/// <summary>The union of many sets of ports, with one bit for each port.</summary>
internal static class PortUnion
{
    public static PortSet Of(IEnumerable<PortSet> sets)
    {
        var map = PortMap.Create();
        PortSet? last = null;
        foreach (var set in sets)
        {
            if (!ReferenceEquals(set, last)) // groups of one port share its set
            {
                set.Mark(map);
            }

            last = set;
        }

        return PortSet.OfMap(map);
    }
}
