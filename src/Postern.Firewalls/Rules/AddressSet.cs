using System.Net;
using System.Runtime.CompilerServices;

namespace Postern.Firewalls.Rules;

/// <summary>A set of addresses of either family, as ranges in ascending order that neither touch nor overlap; equal sets are equal values.</summary>
public sealed class AddressSet : IEquatable<AddressSet>
{
    /// <summary>Every address of both families.</summary>
    public static readonly AddressSet Any = Of(AddressRange.All(IpVersion.V4), AddressRange.All(IpVersion.V6));

    public static readonly AddressSet None = new([]);

    private readonly AddressRange[] _ranges;

    private AddressSet(AddressRange[] ranges) => _ranges = ranges;

    public IReadOnlyList<AddressRange> Ranges => _ranges;

    public bool IsEmpty => _ranges.Length == 0;

    public bool IsAny => Equals(Any);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static AddressSet Of(params IEnumerable<AddressRange> ranges)
    {
        var merged = new List<AddressRange>();
        foreach (var range in AddressRange.Sorted([.. ranges]))
        {
            var touches = merged.Count > 0 && merged[^1] is var last && last.Version == range.Version
                && (range.First <= last.Last || range.First == last.Last + 1);
            if (touches)
            {
                merged[^1] = merged[^1] with { Last = UInt128.Max(merged[^1].Last, range.Last) };
            }
            else
            {
                merged.Add(range);
            }
        }

        return new([.. merged]);
    }

    public static AddressSet Of(IPAddress address) => new([AddressRange.Of(address)]);

    /// <summary>"any", or addresses, prefixes and ranges with commas between: "192.168.1.10,10.0.0.0/8,2001:db8::1".</summary>
    public static bool TryParse(string text, out AddressSet set)
    {
        set = text.Trim() == "any" ? Any : None;
        if (set.IsAny)
        {
            return true;
        }

        var ranges = new List<AddressRange>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!TryRange(part, out var range))
            {
                return false;
            }

            ranges.Add(range);
        }

        set = Of(ranges);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Contains(IPAddress address)
    {
        var (version, value) = AddressRange.Number(address);
        return Contains(version, value);
    }

    /// <summary>The same for the number of an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal bool Contains(IpVersion version, UInt128 value)
    {
        foreach (var range in _ranges)
        {
            if (range.Version == version && range.Contains(value))
            {
                return true;
            }
        }

        return false;
    }

    public bool Contains(AddressSet other) => Intersect(other).Equals(other);

    public bool Overlaps(AddressSet other) => !Intersect(other).IsEmpty;

    public AddressSet Union(AddressSet other) => Of(_ranges.Concat(other._ranges));

    public AddressSet Intersect(AddressSet other) => Of(
        from mine in _ranges
        from theirs in other._ranges
        where mine.Version == theirs.Version
        let first = UInt128.Max(mine.First, theirs.First)
        let last = UInt128.Min(mine.Last, theirs.Last)
        where first <= last
        select new AddressRange(mine.Version, first, last));

    /// <summary>Only the addresses of one family.</summary>
    public AddressSet Of(IpVersion version) => new([.. _ranges.Where(range => range.Version == version)]);

    /// <summary>Whether every address of the family is in it: a rule for that family need not look at the address.</summary>
    public bool IsAnyOf(IpVersion version) => Of(version).Ranges is [var only] && only == AddressRange.All(version);

    /// <summary>The fewest prefixes that make up the set.</summary>
    public IEnumerable<IPNetwork> Networks() => _ranges.SelectMany(range => range.Networks());

    public bool Equals(AddressSet? other) => other is not null && _ranges.AsSpan().SequenceEqual(other._ranges);

    public override bool Equals(object? obj) => Equals(obj as AddressSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var range in _ranges)
        {
            hash.Add(range);
        }

        return hash.ToHashCode();
    }

    /// <summary>As <see cref="TryParse"/> reads it; "none" where empty. An address alone stands without its length.</summary>
    public override string ToString() => IsAny ? "any" : IsEmpty ? "none" : string.Join(',', Networks().Select(Text));

    /// <summary>An address alone stands without its length.</summary>
    public static string Text(IPNetwork network) =>
        network.PrefixLength == 8 * network.BaseAddress.GetAddressBytes().Length ? network.BaseAddress.ToString() : network.ToString();

    private static bool TryRange(string text, out AddressRange range)
    {
        range = default;
        if (text.Split('-') is [var low, var high])
        {
            if (!IPAddress.TryParse(low, out var first) || !IPAddress.TryParse(high, out var last))
            {
                return false;
            }

            var ((version, from), (other, to)) = (AddressRange.Number(first), AddressRange.Number(last));
            range = new(version, from, to);
            return version == other && from <= to;
        }

        if (text.Contains('/'))
        {
            // A network whose address has bits beyond its length is a typing error; IPNetwork would clear them.
            var isNetwork = IPNetwork.TryParse(text, out var network) && network.BaseAddress.Equals(IPAddress.Parse(text[..text.IndexOf('/')]));
            range = isNetwork ? AddressRange.Of(network) : default;
            return isNetwork;
        }

        var isAddress = IPAddress.TryParse(text, out var address) && (text.Contains('.') || text.Contains(':')); // "10" is 0.0.0.10 to IPAddress
        if (isAddress)
        {
            var (version, value) = AddressRange.Number(address!);
            range = new(version, value, value);
        }

        return isAddress;
    }
}
