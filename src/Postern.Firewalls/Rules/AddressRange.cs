using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;

namespace Postern.Firewalls.Rules;

/// <summary>Addresses of one family from <paramref name="First"/> to <paramref name="Last"/>, both included, as numbers in network order.</summary>
public readonly record struct AddressRange(IpVersion Version, UInt128 First, UInt128 Last) : IComparable<AddressRange>
{
    private const int BitsV4 = 32;
    private const int BitsV6 = 128;

    /// <summary>How many addresses, as a power of two (0 for one).</summary>
    public double Bits => Last - First == UInt128.MaxValue ? BitsV6 : Math.Log2((double)(Last - First + 1));

    public static AddressRange All(IpVersion version) => new(version, 0, Highest(version));

    public static AddressRange Of(IPNetwork network)
    {
        var (version, first) = Number(network.BaseAddress);
        var host = (version == IpVersion.V4 ? BitsV4 : BitsV6) - network.PrefixLength;
        return new(version, first, host == BitsV6 ? UInt128.MaxValue : first | (((UInt128)1 << host) - 1));
    }

    /// <summary>One address alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static AddressRange Of(IPAddress address)
    {
        var (version, value) = Number(address);
        return new(version, value, value);
    }

    /// <summary>The number of an address; an IPv4-mapped IPv6 address counts as what it means (RFC 4291 §2.5.5.2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (IpVersion Version, UInt128 Value) Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[BitsV6 / 8];
        address.TryWriteBytes(bytes, out var length);
        return length == BitsV4 / 8 ? (IpVersion.V4, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : address.IsIPv4MappedToIPv6 ? (IpVersion.V4, BinaryPrimitives.ReadUInt32BigEndian(bytes[^4..]))
            : (IpVersion.V6, BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static IPAddress Address(IpVersion version, UInt128 value)
    {
        var bytes = new byte[version == IpVersion.V4 ? 4 : 16];
        for (var i = bytes.Length - 1; i >= 0; i--, value >>= 8)
        {
            bytes[i] = (byte)value;
        }

        return new(bytes);
    }

    public bool Contains(UInt128 address) => First <= address && address <= Last;

    /// <summary>The fewest prefixes that make up the range, in ascending order.</summary>
    public IEnumerable<IPNetwork> Networks()
    {
        var width = Version == IpVersion.V4 ? BitsV4 : BitsV6;
        for (var next = First; ;)
        {
            var host = Math.Min(width, next == 0 ? width : (int)UInt128.TrailingZeroCount(next));
            while (host > 0 && (host == BitsV6 ? UInt128.MaxValue : next + (((UInt128)1 << host) - 1)) > Last)
            {
                host--;
            }

            yield return new(Address(Version, next), width - host);
            var end = host == BitsV6 ? UInt128.MaxValue : next + (((UInt128)1 << host) - 1);
            if (end >= Last)
            {
                yield break;
            }

            next = end + 1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int CompareTo(AddressRange other) =>
        Version != other.Version ? Version.CompareTo(other.Version) : First != other.First ? First.CompareTo(other.First) : Last.CompareTo(other.Last);

    /// <summary>Puts ranges in ascending order, and leaves out what stands there twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static AddressRange[] Sorted(List<AddressRange> ranges)
    {
        if (ranges.Exists(range => range.Version != IpVersion.V4))
        {
            return [.. ranges.Order().Distinct()];
        }

        var ends = new ulong[ranges.Count]; // both fit into one number
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = ((ulong)ranges[i].First << BitsV4) | (ulong)ranges[i].Last;
        }

        Array.Sort(ends);
        var (sorted, count) = (new AddressRange[ends.Length], 0);
        foreach (var both in ends)
        {
            var range = new AddressRange(IpVersion.V4, both >> BitsV4, (uint)both);
            if (count == 0 || sorted[count - 1] != range)
            {
                sorted[count++] = range;
            }
        }

        return sorted[..count];
    }

    private static UInt128 Highest(IpVersion version) => version == IpVersion.V4 ? uint.MaxValue : UInt128.MaxValue;
}
