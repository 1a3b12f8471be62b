using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Postern.Protocol.Net;

/// <summary>
/// An IPv4 or IPv6 address in one canonical form: an IPv4 address is kept as its IPv4-mapped IPv6 address
/// (RFC 4291 §2.5.5.2), so that both written forms of one address are equal.
/// </summary>
public readonly record struct IpAddress(UInt128 Bits) : IComparable<IpAddress>
{
    private static readonly UInt128 MappedPrefix = (UInt128)0xFFFF << 32;

    /// <summary>::, which stands for "no address". 0.0.0.0 is <see cref="AnyV4"/>.</summary>
    public static readonly IpAddress Any;

    public static readonly IpAddress AnyV4 = FromV4(0);

    public static readonly IpAddress Loopback = FromV4(0x7F00_0001);

    public static readonly IpAddress LoopbackV6 = new(1);

    public bool IsV4 => Bits >> 32 == 0xFFFF;

    /// <summary>The 32 bits of an IPv4 address; meaningless for IPv6.</summary>
    public uint V4 => (uint)Bits;

    public bool IsUnspecified => Bits == 0 || Bits == MappedPrefix;

    public bool IsLoopback => IsV4 ? V4 >> 24 == 127 : Bits == 1;

    public bool IsLinkLocal => IsV4 ? V4 >> 16 == 0xA9FE : Bits >> 118 == 0xFE80 >> 6;

    public bool IsMulticast => IsV4 ? V4 >> 28 == 0xE : Bits >> 120 == 0xFF;

    public static IpAddress FromV4(uint address) => new(MappedPrefix | address);

    /// <summary>Reads 4 or 16 bytes in network order; anything else throws <see cref="ArgumentException"/>.</summary>
    public static IpAddress FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        16 => new(BinaryPrimitives.ReadUInt128BigEndian(bytes)),
        _ => throw new ArgumentException("An address has 4 or 16 bytes.", nameof(bytes)),
    };

    public static IpAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return FromBytes(bytes[..written]);
    }

    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        if (text.Contains('%') || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        address = From(parsed);
        return true;
    }

    /// <summary>Throws <see cref="FormatException"/> where <see cref="TryParse"/> is false.</summary>
    public static IpAddress Parse(string text) => TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IP address.");

    /// <summary>Writes 4 or 16 bytes in network order and returns how many.</summary>
    public int Write(Span<byte> destination)
    {
        if (IsV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, V4);
            return 4;
        }

        BinaryPrimitives.WriteUInt128BigEndian(destination, Bits);
        return 16;
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..Write(bytes)]);
    }

    public int CompareTo(IpAddress other) => Bits.CompareTo(other.Bits);

    [SuppressMessage("Usage", "CA2225", Justification = "FromBytes and From are the named forms.")]
    public static implicit operator IpAddress(IPAddress address) => From(address);

    public override string ToString() => ToIPAddress().ToString();
}
