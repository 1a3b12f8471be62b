using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>A set of addresses as sorted, disjoint ranges of 128-bit numbers.</summary>
internal sealed class AddressRanges
{
    private readonly UInt128[] _first;
    private readonly UInt128[] _last;

    public AddressRanges(IEnumerable<IpPrefix> prefixes)
    {
        List<(UInt128 First, UInt128 Last)> merged = [];
        foreach (var prefix in prefixes.Order())
        {
            var (first, last) = (prefix.First.Bits, prefix.Last.Bits);
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

    public int Count => _first.Length;

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
}
