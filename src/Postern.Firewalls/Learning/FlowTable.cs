using System.Runtime.InteropServices;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning;

/// <summary>
/// Gathers flows into groups of bounded number: one for each pair of hosts and service. When the groups are used up, further flows fall
/// into groups without a destination, then without a port; how many did is counted. So memory does not grow with the log.
/// </summary>
public sealed class FlowTable
{
    private readonly Dictionary<FlowKey, Gathered> _groups = [];
    private readonly RecentTuples _recent;
    private readonly int _maximumGroups;
    private int _mapsLeft;

    /// <param name="maximumGroups">How many groups of exact flows are kept; a quarter more may stand for what did not fit.</param>
    /// <param name="maximumMaps">How many of them may keep an exact set of many source ports (8 KB each).</param>
    /// <param name="recentBits">The last 2^n flows are remembered, 8 bytes each, to know repetitions and answers.</param>
    public FlowTable(int maximumGroups = 1 << 16, int maximumMaps = 4096, int recentBits = 20)
    {
        (_maximumGroups, _mapsLeft, _recent) = (maximumGroups, maximumMaps, new(recentBits));
    }

    /// <summary>Flows that were gathered.</summary>
    public long Flows { get; private set; }

    /// <summary>Packets that repeated a flow: its sender got no answer, or it is a capture.</summary>
    public long Repeats { get; private set; }

    /// <summary>Packets that answered a flow.</summary>
    public long Answers { get; private set; }

    /// <summary>Flows that fell into a group without a destination or without ports.</summary>
    public long Widened { get; private set; }

    /// <summary>Flows for which there was no room at all.</summary>
    public long Dropped { get; private set; }

    /// <summary>Flows that were no longer remembered as seen.</summary>
    public long Forgotten => _recent.Forgotten;

    public int Groups => _groups.Count;

    /// <summary>When the first and the last flow were seen, in milliseconds as <see cref="Sighting.At"/>.</summary>
    public (long First, long Last)? Span { get; private set; }

    public void Add(in Sighting sighting)
    {
        if (sighting.At != Sighting.NoTime)
        {
            Span = Span is var (first, last) ? (Math.Min(first, sighting.At), Math.Max(last, sighting.At)) : (sighting.At, sighting.At);
        }

        switch (_recent.See(sighting))
        {
            case RecentTuples.Sight.Answer:
                Answers++;
                break;
            case RecentTuples.Sight.Repeat:
                Repeats++;
                Repeat(sighting);
                break;
            default:
                Flows++;
                Gather(sighting);
                break;
        }
    }

    /// <summary>What was gathered.</summary>
    public IEnumerable<FlowGroup> Read(LogNames names) => _groups.Select(entry => Group(entry.Key, entry.Value, names));

    private void Repeat(in Sighting sighting)
    {
        ref var group = ref CollectionsMarshal.GetValueRefOrNullRef(_groups, FlowKey.Of(sighting));
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref group))
        {
            group.Repeats++;
            group.Extend(sighting.At);
        }
    }

    private void Gather(in Sighting sighting)
    {
        var key = FlowKey.Of(sighting);
        if (TryGather(key, sighting, _maximumGroups))
        {
            return;
        }

        var isRoom = TryGather(key.Widened(FlowWidening.Destinations), sighting, _maximumGroups + (_maximumGroups / 8))
            || TryGather(key.Widened(FlowWidening.Ports), sighting, _maximumGroups + (_maximumGroups / 4));
        Widened += isRoom ? 1 : 0;
        Dropped += isRoom ? 0 : 1;
    }

    private bool TryGather(in FlowKey key, in Sighting sighting, int room)
    {
        ref var group = ref CollectionsMarshal.GetValueRefOrNullRef(_groups, key);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref group))
        {
            if (_groups.Count >= room)
            {
                return false;
            }

            group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, key, out _);
            (group.First, group.Last, group.Prefix) = (sighting.At, sighting.At, sighting.Prefix);
        }

        group.Count++;
        group.Extend(sighting.At);
        group.SourcePorts.Add(sighting.SourcePort, ref _mapsLeft);
        if (key.Wide == FlowWidening.Ports)
        {
            group.DestinationPorts.Add(sighting.DestinationPort, ref _mapsLeft);
        }

        return true;
    }

    private static FlowGroup Group(in FlowKey key, in Gathered group, LogNames names) => new()
    {
        In = key.In,
        Out = key.Out,
        InInterface = names[key.In].Text,
        OutInterface = names[key.Out].Text,
        Protocol = key.Protocol,
        IcmpType = key.IcmpType,
        Source = AddressRange.Address(key.Version, key.Source),
        Destination = key.Wide == FlowWidening.None ? AddressRange.Address(key.Version, key.Destination) : null,
        Version = key.Version,
        SourcePorts = group.SourcePorts.Ports(),
        DestinationPorts = key.Wide == FlowWidening.Ports ? group.DestinationPorts.Ports() : PortSet.Of(key.DestinationPort),
        IsExact = group.SourcePorts.IsExact && key.Wide == FlowWidening.None,
        Prefix = names[group.Prefix].Text,
        Passed = key.Passed == 0 ? null : key.Passed > 0,
        Count = group.Count,
        Repeats = group.Repeats,
        First = group.First,
        Last = group.Last,
    };

    private struct Gathered
    {
        public long Count;
        public long Repeats;
        public long First;
        public long Last;
        public ushort Prefix;
        public PortTally SourcePorts;
        public PortTally DestinationPorts;

        public void Extend(long at)
        {
            if (at != Sighting.NoTime)
            {
                (First, Last) = (First == Sighting.NoTime ? at : Math.Min(First, at), Math.Max(Last, at));
            }
        }
    }
}
