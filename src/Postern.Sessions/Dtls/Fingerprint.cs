using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Postern.Sessions.Dtls;

/// <summary>The SHA-256 hash of a certificate's DER bytes (RFC 8122 §5).</summary>
public readonly record struct Fingerprint(UInt128 High, UInt128 Low)
{
    public const int Size = 32;

    public static Fingerprint OfCertificate(ReadOnlySpan<byte> der)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(der, hash);
        return FromBytes(hash);
    }

    /// <summary>Reads exactly 32 bytes; anything else throws <see cref="ArgumentException"/>.</summary>
    public static Fingerprint FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]))
        : throw new ArgumentException("A SHA-256 fingerprint has 32 bytes.", nameof(bytes));

    /// <summary>Reads the form of SDP, <c>AB:CD:…</c>, in either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Fingerprint fingerprint)
    {
        fingerprint = default;
        if (text.Length != (Size * 3) - 1)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        for (var i = 0; i < Size; i++)
        {
            var colon = i == Size - 1 || text[(3 * i) + 2] == ':';
            if (!colon || !byte.TryParse(text.Slice(3 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return false;
            }
        }

        fingerprint = FromBytes(bytes);
        return true;
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, High);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], Low);
    }

    /// <summary>The form of SDP: <c>AB:CD:…</c>, 95 characters.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        Span<char> text = stackalloc char[(Size * 3) - 1];
        text.Fill(':');
        for (var i = 0; i < Size; i++)
        {
            bytes[i].TryFormat(text[(3 * i)..], out _, "X2", CultureInfo.InvariantCulture);
        }

        return new string(text);
    }
}
