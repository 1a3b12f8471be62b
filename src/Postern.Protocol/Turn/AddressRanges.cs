using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>A set of addresses as sorted, disjoint ranges of 128-bit numbers. An IPv6 prefix around ::ffff:0:0/96 leaves IPv4 out.</summary>
internal sealed class AddressRanges
{
    private readonly UInt128[] _first;
    private readonly UInt128[] _last;

    public AddressRanges(IEnumerable<IpPrefix> prefixes)
    {
        List<(UInt128 First, UInt128 Last)> merged = [];
        foreach (var (first, last) in prefixes.SelectMany(Split).Order())
        {
            if (merged.Count > 0 && first <= merged[^1].Last)
            {
                merged[^1] = (merged[^1].First, UInt128.Max(merged[^1].Last, last));
            }
            else
            {
                merged.Add((first, last));
            }
        }

        _first = [.. merged.Select(range => range.First)];
        _last = [.. merged.Select(range => range.Last)];
    }

    public bool Contains(IpAddress address)
    {
        var index = Array.BinarySearch(_first, address.Bits);
        if (index >= 0)
        {
            return true;
        }

        var before = ~index - 1;
        return before >= 0 && address.Bits <= _last[before];
    }

    private static IEnumerable<(UInt128 First, UInt128 Last)> Split(IpPrefix prefix)
    {
        var (first, last) = (prefix.First.Bits, prefix.Last.Bits);
        var (v4First, v4Last) = (IpAddress.FromV4(0).Bits, IpAddress.FromV4(uint.MaxValue).Bits);
        if (prefix.IsV4 || first > v4First || last < v4Last)
        {
            yield return (first, last);
        }
        else
        {
            yield return (first, v4First - 1);
            yield return (v4Last + 1, last);
        }
    }
}
