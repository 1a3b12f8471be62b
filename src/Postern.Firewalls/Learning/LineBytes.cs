using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Postern.Firewalls.Learning;

/// <summary>Looks through the bytes of lines, 32 at once: most lines are shorter than what a general search needs to get going.</summary>
internal static class LineBytes
{
    private const byte LastControl = 0x1F;
    private const byte Delete = 0x7F;

    /// <summary>Whether there is a control character among them that is no tab.</summary>
    public static bool AreControls(ReadOnlySpan<byte> bytes) => IndexOfControl(bytes) >= 0;

    /// <summary>The first control character that is no tab: mostly a line's end, since no other may stand in a line. -1 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int IndexOfControl(ReadOnlySpan<byte> bytes)
    {
        ref var first = ref MemoryMarshal.GetReference(bytes);
        var at = 0;
        for (; at <= bytes.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            var some = Vector256.LoadUnsafe(ref first, (nuint)at);
            var low = Vector256.Equals(Vector256.Min(some, Vector256.Create(LastControl)), some) & ~Vector256.Equals(some, Vector256.Create((byte)'\t'));
            var found = (low | Vector256.Equals(some, Vector256.Create(Delete))).ExtractMostSignificantBits();
            if (found != 0)
            {
                return at + BitOperations.TrailingZeroCount(found);
            }
        }

        for (; at < bytes.Length; at++)
        {
            if (bytes[at] is <= LastControl and not (byte)'\t' or Delete)
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>The first of a byte; -1 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOf(ReadOnlySpan<byte> bytes, byte wanted)
    {
        var near = Places(bytes, wanted);
        return near != 0 ? BitOperations.TrailingZeroCount(near) : bytes.IndexOf(wanted);
    }

    /// <summary>The first of two bytes; -1 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOfEither(ReadOnlySpan<byte> bytes, byte one, byte other)
    {
        if (bytes.Length >= Vector256<byte>.Count)
        {
            var some = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(bytes));
            var found = (Vector256.Equals(some, Vector256.Create(one)) | Vector256.Equals(some, Vector256.Create(other))).ExtractMostSignificantBits();
            if (found != 0)
            {
                return BitOperations.TrailingZeroCount(found);
            }
        }

        return bytes.IndexOfAny(one, other);
    }

    /// <summary>Whether two texts of one length are the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreSame(ReadOnlySpan<byte> text, ReadOnlySpan<byte> other)
    {
        ref var one = ref MemoryMarshal.GetReference(text);
        ref var two = ref MemoryMarshal.GetReference(other);
        var length = text.Length;
        if (length is >= sizeof(uint) and <= 2 * sizeof(uint))
        {
            return ((Unsafe.ReadUnaligned<uint>(ref one) ^ Unsafe.ReadUnaligned<uint>(ref two))
                | (Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref one, length - sizeof(uint))) ^ Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref two, length - sizeof(uint))))) == 0;
        }

        if (length < Vector256<byte>.Count)
        {
            return text.SequenceEqual(other);
        }

        var last = (nuint)(length - Vector256<byte>.Count);
        var differs = Vector256.LoadUnsafe(ref one, last) ^ Vector256.LoadUnsafe(ref two, last);
        for (nuint i = 0; i < last; i += (nuint)Vector256<byte>.Count)
        {
            differs |= Vector256.LoadUnsafe(ref one, i) ^ Vector256.LoadUnsafe(ref two, i);
        }

        return differs == Vector256<byte>.Zero;
    }

    /// <summary>Where a byte stands among the next 32, a bit for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Places(ReadOnlySpan<byte> bytes, byte wanted)
    {
        if (bytes.Length >= Vector256<byte>.Count)
        {
            return Vector256.Equals(Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(bytes)), Vector256.Create(wanted)).ExtractMostSignificantBits();
        }

        var places = 0u;
        for (var i = 0; i < bytes.Length; i++)
        {
            places |= (bytes[i] == wanted ? 1u : 0) << i;
        }

        return places;
    }
}
