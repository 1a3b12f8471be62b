using System.Buffers.Binary;

namespace Postern.Protocol.Net;

/// <summary>Draws of common shapes from an <see cref="IRandom"/>.</summary>
public static class RandomDraws
{
    // RFC 8839 §5.4: ice-char = ALPHA / DIGIT / "+" / "/", 6 bits each.
    private const string IceCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    public static uint NextUInt32(this IRandom random)
    {
        Span<byte> bytes = stackalloc byte[4];
        random.Fill(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public static ulong NextUInt64(this IRandom random)
    {
        Span<byte> bytes = stackalloc byte[8];
        random.Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>A whole number in [minimum, maximum).</summary>
    public static int Next(this IRandom random, int minimum, int maximum)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(minimum, maximum);
        var range = (uint)(maximum - minimum);
        return (int)(minimum + (long)((random.NextUInt32() * (ulong)range) >> 32)); // bias below 2^-16 for ranges of ports
    }

    /// <summary>A real number in [0, 1).</summary>
    public static double NextDouble(this IRandom random) => (random.NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A text of ice-chars: 6 bits of randomness each (RFC 8839 §5.4).</summary>
    public static string NextText(this IRandom random, int length)
    {
        Span<byte> bytes = stackalloc byte[length];
        random.Fill(bytes);
        Span<char> characters = stackalloc char[length];
        for (var i = 0; i < length; i++)
        {
            characters[i] = IceCharacters[bytes[i] & 63];
        }

        return new string(characters);
    }
}
