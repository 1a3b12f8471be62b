using System.Buffers.Binary;

namespace Postern.Sessions.Dtls.Records;

/// <summary>The 13 bytes before every record (RFC 6347 §4.1).</summary>
/// <remarks>
/// <code>
/// | type (8) | version (16) | epoch (16) | sequence number (48) | length (16) |
/// </code>
/// </remarks>
internal readonly record struct RecordHeader(ContentType Type, ushort Version, ushort Epoch, ulong Sequence, int Length)
{
    public const int Size = 13;

    /// <summary>DTLS 1.2: the ones' complement of 1.2.</summary>
    public const ushort Dtls12 = 0xFEFD;

    public const int MaximumPlaintext = 1 << 14;

    private const ulong SequenceMask = (1UL << 48) - 1;

    /// <summary>Header and fragment.</summary>
    public int WholeSize => Size + Length;

    /// <summary>False where no whole record stands at the beginning.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out RecordHeader header)
    {
        header = default;
        if (bytes.Length < Size)
        {
            return false;
        }

        var epochAndSequence = BinaryPrimitives.ReadUInt64BigEndian(bytes[3..]);
        header = new(
            (ContentType)bytes[0],
            BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]),
            (ushort)(epochAndSequence >> 48),
            epochAndSequence & SequenceMask,
            BinaryPrimitives.ReadUInt16BigEndian(bytes[11..]));
        return header.WholeSize <= bytes.Length && header.Length <= MaximumPlaintext + RecordProtection.Expansion;
    }

    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], Version);
        BinaryPrimitives.WriteUInt64BigEndian(destination[3..], ((ulong)Epoch << 48) | Sequence);
        BinaryPrimitives.WriteUInt16BigEndian(destination[11..], (ushort)Length);
    }
}
