using System.Globalization;

namespace Postern.Protocol.Net;

/// <summary>All addresses that share their first bits, such as 10.0.0.0/8 or fc00::/7.</summary>
public readonly record struct IpPrefix : IComparable<IpPrefix>
{
    private const int MappedBits = 96; // an IPv4 address lies at the end of 128 bits

    /// <summary>The prefix of <paramref name="address"/> with <paramref name="length"/> bits (0 to 32 for IPv4, 0 to 128 for IPv6); the rest is cleared.</summary>
    public IpPrefix(IpAddress address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, address.IsV4 ? 32 : 128);
        Length = length;
        IsV4 = address.IsV4;
        First = new(address.Bits & ~HostMask);
    }

    /// <summary>The lowest address.</summary>
    public IpAddress First { get; }

    /// <summary>Bits in the words of the address's family.</summary>
    public int Length { get; }

    public bool IsV4 { get; }

    /// <summary>The highest address.</summary>
    public IpAddress Last => new(First.Bits | HostMask);

    private UInt128 HostMask
    {
        get
        {
            var bits = IsV4 ? MappedBits + Length : Length;
            return bits == 0 ? UInt128.MaxValue : ((UInt128)1 << (128 - bits)) - 1;
        }
    }

    /// <summary>Whether the address lies in the prefix; ::/0 holds no IPv4 address, since the families are apart.</summary>
    public bool Contains(IpAddress address) => address.IsV4 == IsV4 && (address.Bits & ~HostMask) == First.Bits;

    /// <summary>ADDRESS/LENGTH, or a bare address for itself alone. False as well where bits beyond the length are set: that is a typing error.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        if (!IpAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var most = address.IsV4 ? 32 : 128;
        var length = most;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > most))
        {
            return false;
        }

        prefix = new(address, length);
        return prefix.First == address;
    }

    /// <summary>Throws <see cref="FormatException"/> where <see cref="TryParse"/> is false.</summary>
    public static IpPrefix Parse(string text) => TryParse(text, out var prefix) ? prefix : throw new FormatException($"'{text}' is not ADDRESS/LENGTH.");

    public int CompareTo(IpPrefix other)
    {
        var byFirst = First.CompareTo(other.First);
        return byFirst != 0 ? byFirst : Length.CompareTo(other.Length);
    }

    public override string ToString() => $"{First}/{Length}";
}
