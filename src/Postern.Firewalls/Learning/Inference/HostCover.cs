using System.Net;
using System.Runtime.CompilerServices;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>
/// The prefixes that stand for many hosts. One is taken where a quarter of its addresses were seen, so that it opens at most two bits
/// more than its hosts do, or where it is known to be a network: by the user, or since IPv6 hosts of one link share 64 bits and change
/// the others (RFC 4291 §2.5.4, RFC 8981). Hosts beside them are named.
/// </summary>
internal sealed class HostCover
{
    /// <summary>Fewer make no network.</summary>
    private const int LeastHosts = 4;

    private const int LeastFilled = 4; // one of so many
    private const int LinkBits = 64;

    private readonly List<AddressRange> _found = [];
    private readonly int _maximum;
    private readonly AddressRange[] _networks; // the smallest first

    private HostCover(LearnOptions options) =>
        (_maximum, _networks) = (options.MaximumNamedHosts, [.. options.Networks.Select(AddressRange.Of).OrderBy(network => network.Bits)]);

    /// <summary>Null where there are too many parts.</summary>
    public static AddressSet? Of(IReadOnlyList<IPAddress> hosts, IReadOnlyList<AddressRange> folded, LearnOptions options)
    {
        // Both ends of a folded range were seen, and nobody knows what was between them: it may not be divided.
        List<AddressRange> spans = [.. hosts.Select(AddressRange.Of), .. folded];
        var cover = new HostCover(options);
        return Enum.GetValues<IpVersion>().All(version => cover.Add(cover.Known(spans.FindAll(span => span.Version == version))))
            ? AddressSet.Of(cover._found)
            : null;
    }

    /// <summary>Takes the networks that are known, and answers what lies in none of them, in ascending order.</summary>
    private List<AddressRange> Known(List<AddressRange> spans)
    {
        var left = new List<AddressRange>();
        if (_networks.Length == 0 && spans.TrueForAll(span => span.Version == IpVersion.V4))
        {
            left = spans;
        }
        else
        {
            foreach (var network in spans.GroupBy(NetworkOf))
            {
                if (network.Key is { } known && Count([.. network]) >= LeastHosts)
                {
                    _found.Add(known);
                }
                else
                {
                    left.AddRange(network);
                }
            }
        }

        return [.. AddressRange.Sorted(left)];
    }

    private AddressRange? NetworkOf(AddressRange span)
    {
        foreach (var network in _networks)
        {
            if (Holds(network, span))
            {
                return network;
            }
        }

        var link = span.Version == IpVersion.V6 ? Prefix(span.Version, span.First, LinkBits) : (AddressRange?)null;
        return link is { } shared && Holds(shared, span) ? shared : null;
    }

    /// <summary>Spans of one family in ascending order; false where there are too many parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Add(List<AddressRange> spans)
    {
        if (spans.Count == 0)
        {
            return _found.Count <= _maximum;
        }

        var (version, first, last) = (spans[0].Version, spans[0].First, spans.Max(span => span.Last));
        var host = HostBits(first, last);
        var whole = Prefix(version, first, host);
        if (host == 0 || IsFilled(spans, host))
        {
            _found.Add(whole);
            return _found.Count <= _maximum;
        }

        var middle = whole.First + ((UInt128)1 << (host - 1));
        return !spans.Exists(span => span.First < middle && span.Last >= middle)
            && Add(spans.FindAll(span => span.Last < middle)) && Add(spans.FindAll(span => span.First >= middle));
    }

    private static bool IsFilled(List<AddressRange> spans, int hostBits)
    {
        var most = 2 * spans.Count; // to count them takes longer
        return Math.Log2(most * LeastFilled) >= hostBits && Count(spans) is >= LeastHosts and var count && Math.Log2(count * LeastFilled) >= hostBits;
    }

    /// <summary>How many hosts were seen: the ends of the spans.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Count(List<AddressRange> spans)
    {
        var ends = new List<UInt128>(2 * spans.Count);
        foreach (var span in spans)
        {
            ends.Add(span.First);
            ends.Add(span.Last);
        }

        ends.Sort();
        var count = 0;
        for (var i = 0; i < ends.Count; i++)
        {
            count += i == 0 || ends[i] != ends[i - 1] ? 1 : 0;
        }

        return count;
    }

    /// <summary>How many bits differ.</summary>
    private static int HostBits(UInt128 first, UInt128 last) => 128 - (int)UInt128.LeadingZeroCount(first ^ last);

    private static AddressRange Prefix(IpVersion version, UInt128 address, int hostBits)
    {
        var rest = hostBits == 128 ? UInt128.MaxValue : ((UInt128)1 << hostBits) - 1;
        return new(version, address & ~rest, address | rest);
    }

    private static bool Holds(AddressRange network, AddressRange span) => network.Version == span.Version && network.Contains(span.First) && network.Contains(span.Last);
}
