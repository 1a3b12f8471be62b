using System.Runtime.CompilerServices;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning;

/// <summary>
/// Gathers flows into groups of bounded number: one for each pair of hosts and service. When the groups are used up, further flows fall
/// into groups without a destination, then without a port; how many did is counted. So memory does not grow with the log. Where one host
/// reaches more destinations at one port than a rule could name, the rest of them need not be told apart either: they are one group.
/// </summary>
public sealed class FlowTable
{
    /// <summary>So many flows are handled together, so that the processor waits for their places in memory at the same time.</summary>
    private const int Batch = 64;

    /// <summary>More than any rule names by itself.</summary>
    private const int DefaultDestinations = 16;

    private readonly RecentTuples _recent;
    private readonly GroupIndex _index;
    private readonly FanOut _fanOut;
    private readonly int _maximumGroups;
    private readonly Sighting[] _waiting = new Sighting[Batch];
    private readonly FlowKey[] _keys = new FlowKey[Batch];
    private readonly RecentTuples.Tuple[] _tuples = new RecentTuples.Tuple[Batch];
    private readonly ulong[] _hashes = new ulong[Batch];
    private int _waitingCount;
    private bool _areMapsLent;
    private int _mapsLeft;
    private long _first = long.MaxValue;
    private long _last = long.MinValue;

    /// <param name="maximumGroups">How many groups of exact flows are kept; a quarter more may stand for what did not fit.</param>
    /// <param name="maximumMaps">How many of them may keep an exact set of many source ports (8 KB each).</param>
    /// <param name="recentBits">The last 2^n flows are remembered, 8 bytes each, to know repetitions and answers.</param>
    /// <param name="maximumDestinations">So many destinations of one host at one port are told apart; from 255 on, all.</param>
    public FlowTable(int maximumGroups = 1 << 16, int maximumMaps = 4096, int recentBits = 19, int maximumDestinations = DefaultDestinations)
    {
        (_maximumGroups, _mapsLeft, _recent, _index) = (maximumGroups, maximumMaps, new(recentBits), new(maximumGroups + (maximumGroups / 4)));
        _fanOut = new(maximumGroups, maximumDestinations);
    }

    /// <summary>Flows that were gathered.</summary>
    public long Flows { get; private set; }

    /// <summary>Packets that repeated a flow: its sender got no answer, or it is a capture.</summary>
    public long Repeats { get; private set; }

    /// <summary>Packets that answered a flow.</summary>
    public long Answers { get; private set; }

    /// <summary>Flows of hosts that reached more destinations at the port than are told apart.</summary>
    public long Folded { get; private set; }

    /// <summary>Flows that fell into a group without a destination or without ports since there was no room for another.</summary>
    public long Widened { get; private set; }

    /// <summary>Flows for which there was no room at all.</summary>
    public long Dropped { get; private set; }

    /// <summary>Flows that were no longer remembered as seen.</summary>
    public long Forgotten => _recent.Forgotten;

    public int Groups => _index.Count;

    /// <summary>When the first and the last flow were seen, in milliseconds as <see cref="Sighting.At"/>.</summary>
    public (long First, long Last)? Span => _first <= _last ? (_first, _last) : null;

    /// <summary>Takes a flow; counters and groups know it after <see cref="Flush"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(in Sighting sighting)
    {
        _waiting[_waitingCount++] = sighting;
        if (_waitingCount == Batch)
        {
            Flush();
        }
    }

    /// <summary>Works off the flows that wait.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Flush()
    {
        if (_areMapsLent && _waitingCount > 0)
        {
            Own();
        }

        var waiting = _waiting.AsSpan(0, _waitingCount);
        for (var i = 0; i < waiting.Length; i++)
        {
            _tuples[i] = _recent.TupleOf(waiting[i]);
        }

        _recent.Touch(_tuples.AsSpan(0, waiting.Length));
        for (var i = 0; i < waiting.Length; i++)
        {
            ref var key = ref _keys[i];
            key = FlowKey.Of(waiting[i]);
            var many = key.HashOfMany();
            var folds = _fanOut.IsFull(many) && key.IsToOne;
            if (folds)
            {
                key = key.Widened(FlowWidening.Destinations);
            }

            _hashes[i] = folds ? many : key.Hash(many);
        }

        _index.Touch(_hashes.AsSpan(0, waiting.Length), waiting);
        for (var i = 0; i < waiting.Length; i++)
        {
            Take(waiting[i], _tuples[i], _keys[i], _hashes[i]);
        }

        _waitingCount = 0;
    }

    /// <summary>What was gathered.</summary>
    public IEnumerable<FlowGroup> Read(LogNames names)
    {
        Flush();
        _areMapsLent = true;
        var ports = new PortSet?[ushort.MaxValue + 1];
        for (var i = 0; i < _index.Count; i++)
        {
            yield return Group(_index[i], names, ports);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(in Sighting sighting, in RecentTuples.Tuple tuple, in FlowKey key, ulong hash)
    {
        if (sighting.At != Sighting.NoTime)
        {
            (_first, _last) = (Math.Min(_first, sighting.At), Math.Max(_last, sighting.At));
        }

        switch (_recent.See(tuple))
        {
            case RecentTuples.Sight.Answer:
                Answers++;
                break;
            case RecentTuples.Sight.Repeat:
                Repeats++;
                Repeat(sighting, key, hash);
                break;
            default:
                Flows++;
                Gather(sighting, key, hash);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Repeat(in Sighting sighting, in FlowKey key, ulong hash)
    {
        if (_index.Find(key, hash) is >= 0 and var at)
        {
            _index[at].Repeats++;
            _index[at].Extend(sighting.At);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(in Sighting sighting, in FlowKey key, ulong hash)
    {
        var isFolded = key.Wide != FlowWidening.None;
        if (TryGather(key, hash, sighting, isFolded ? _maximumGroups + (_maximumGroups / 8) : _maximumGroups))
        {
            Folded += isFolded ? 1 : 0;
            return;
        }

        var (hosts, ports) = (key.Widened(FlowWidening.Destinations), key.Widened(FlowWidening.Ports));
        var isRoom = TryGather(hosts, hosts.Hash(), sighting, _maximumGroups + (_maximumGroups / 8))
            || TryGather(ports, ports.Hash(), sighting, _maximumGroups + (_maximumGroups / 4));
        Widened += isRoom ? 1 : 0;
        Dropped += isRoom ? 0 : 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryGather(in FlowKey key, ulong hash, in Sighting sighting, int room)
    {
        var at = _index.Find(key, hash);
        if (at < 0)
        {
            if (_index.Count >= room)
            {
                return false;
            }

            at = _index.Add(key, hash);
            if (key.Wide == FlowWidening.None)
            {
                _fanOut.Add(key.HashOfMany());
            }

            ref var added = ref _index[at];
            (added.First, added.Last, added.Prefix) = (sighting.At, sighting.At, sighting.Prefix);
        }

        ref var group = ref _index[at];
        if (key.Wide != FlowWidening.None)
        {
            group.Extend(sighting.Destination, isFirst: group.Count == 0);
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

    /// <summary>What was read keeps the maps of ports that it was given.</summary>
    private void Own()
    {
        for (var i = 0; i < _index.Count; i++)
        {
            _index[i].SourcePorts.Own();
            _index[i].DestinationPorts.Own();
        }

        _areMapsLent = false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static FlowGroup Group(in GatheredFlows group, LogNames names, PortSet?[] ports) => new()
    {
        In = group.Key.In,
        Out = group.Key.Out,
        InInterface = names[group.Key.In].Text,
        OutInterface = names[group.Key.Out].Text,
        Protocol = group.Key.Protocol,
        IcmpType = group.Key.IcmpType,
        Source = AddressRange.Address(group.Key.Version, group.Key.Source),
        Destination = group.Key.Wide == FlowWidening.None ? AddressRange.Address(group.Key.Version, group.Key.Destination) : null,
        Destinations = group.Key.Wide == FlowWidening.None
            ? new(group.Key.Version, group.Key.Destination, group.Key.Destination)
            : new(group.Key.Version, group.LowestDestination, group.HighestDestination),
        Version = group.Key.Version,
        SourcePorts = group.SourcePorts.Ports(),
        DestinationPorts = group.Key.Wide == FlowWidening.Ports ? group.DestinationPorts.Ports() : (ports[group.Key.DestinationPort] ??= PortSet.Of(group.Key.DestinationPort)),
        IsExact = group.SourcePorts.IsExact && group.Key.Wide == FlowWidening.None,
        Prefix = names[group.Prefix].Text,
        Passed = group.Key.Passed == 0 ? null : group.Key.Passed > 0,
        Count = group.Count,
        Repeats = group.Repeats,
        First = group.First,
        Last = group.Last,
    };
}
