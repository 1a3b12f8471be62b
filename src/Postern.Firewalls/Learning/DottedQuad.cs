using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Postern.Firewalls.Learning;

/// <summary>IPv4 addresses as text, "192.0.2.1": a log of a gigabyte holds eight million.</summary>
internal static class DottedQuad
{
    private const int Longest = 15;
    private const int Parts = 4;
    private const byte Nothing = 0x80; // "no byte": a shuffle then puts a zero

    /// <summary>
    /// For each way of having one to three digits in four parts (3^4), where the digits of each part stand: its hundreds, tens and ones
    /// and a zero, part for part.
    /// </summary>
    private static readonly Vector128<byte>[] Layouts = [.. Enumerable.Range(0, 81).Select(Layout)];

    public static bool TryRead(ReadOnlySpan<byte> text, out uint address) =>
        Ssse3.IsSupported && text.Length is >= sizeof(ulong) and <= Longest ? TryReadAtOnce(text, out address) : TryReadDigits(text, out address);

    /// <summary>Digit by digit.</summary>
    public static bool TryReadDigits(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        uint part = 0;
        int digits = 0, dots = 0;
        foreach (var octet in text)
        {
            var digit = (uint)(octet - '0');
            if (digit <= 9)
            {
                part = (part * 10) + digit;
                if (++digits > 3 || part > byte.MaxValue)
                {
                    return false;
                }
            }
            else if (octet == '.' && digits > 0 && dots < 3)
            {
                (address, part, digits) = ((address << 8) | part, 0, 0);
                dots++;
            }
            else
            {
                return false;
            }
        }

        address = (address << 8) | part;
        return dots == 3 && digits > 0;
    }

    /// <summary>The address that a text begins with, where it goes on with another sign than a digit or a point for 16 bytes in all; else false.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadFront(ReadOnlySpan<byte> text, out uint address, out int length)
    {
        (address, length) = (0, 0);
        if (!Ssse3.IsSupported || text.Length < Vector128<byte>.Count)
        {
            return false;
        }

        var all = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(text));
        length = BitOperations.TrailingZeroCount(~(Dots(all) | Digits(all)));
        return length <= Longest && TryReadAtOnce(all, length, out address);
    }

    /// <summary>All sixteen bytes in one register: which digits there are decides nothing about the way through the code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryReadAtOnce(ReadOnlySpan<byte> text, out uint address)
    {
        var last = BinaryPrimitives.ReadUInt64LittleEndian(text[^sizeof(ulong)..]) >> (8 * (16 - text.Length) & 63); // bytes 8 and on
        return TryReadAtOnce(Vector128.Create(BinaryPrimitives.ReadUInt64LittleEndian(text), text.Length == sizeof(ulong) ? 0 : last).AsByte(), text.Length, out address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadAtOnce(Vector128<byte> all, int length, out uint address)
    {
        address = 0;
        var places = (1u << length) - 1;
        var dots = Dots(all) & places;
        if (((dots | Digits(all)) & places) != places || BitOperations.PopCount(dots) != Parts - 1)
        {
            return false;
        }

        var first = BitOperations.TrailingZeroCount(dots);
        var third = 31 - BitOperations.LeadingZeroCount(dots);
        var second = BitOperations.TrailingZeroCount(dots & (dots - 1));
        var (one, two, three, four) = ((uint)first - 1, (uint)(second - first) - 2, (uint)(third - second) - 2, (uint)(length - third) - 2);
        if (Math.Max(Math.Max(one, two), Math.Max(three, four)) > 2)
        {
            return false; // a part of no digits or of more than three
        }

        var aligned = Ssse3.Shuffle(all - Vector128.Create((byte)'0'), Layouts[(((((one * 3) + two) * 3) + three) * 3) + four]);
        var pairs = Ssse3.MultiplyAddAdjacent(aligned, Vector128.Create(0x00010A64).AsSByte()); // 100, 10, 1, 0
        var values = Sse2.MultiplyAddAdjacent(pairs, Vector128<short>.One);
        if (Vector128.GreaterThanAny(values, Vector128.Create((int)byte.MaxValue)))
        {
            return false;
        }

        address = (uint)((values[0] << 24) | (values[1] << 16) | (values[2] << 8) | values[3]);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Dots(Vector128<byte> text) => Vector128.Equals(text, Vector128.Create((byte)'.')).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Digits(Vector128<byte> text)
    {
        var digits = text - Vector128.Create((byte)'0');
        return Vector128.Equals(Vector128.Min(digits, Vector128.Create((byte)9)), digits).ExtractMostSignificantBits();
    }

    private static Vector128<byte> Layout(int lengths)
    {
        Span<byte> places = stackalloc byte[16];
        places.Fill(Nothing);
        var (start, unit) = (0, 27);
        for (var part = 0; part < Parts; part++, unit /= 3)
        {
            var length = (lengths / unit % 3) + 1;
            for (var digit = 0; digit < length; digit++)
            {
                places[(4 * part) + 3 - length + digit] = (byte)(start + digit);
            }

            start += length + 1;
        }

        return Vector128.Create<byte>(places);
    }
}
