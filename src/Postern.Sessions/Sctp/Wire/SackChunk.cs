using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>SACK (RFC 9260 §3.3.4): how far everything arrived, what arrived beyond, what arrived twice, and the room left.</summary>
public readonly ref struct SackChunk
{
    public const int FieldsSize = 12;

    private readonly ReadOnlySpan<byte> _value;

    private SackChunk(ReadOnlySpan<byte> value) => _value = value;

    public uint CumulativeTsn => BinaryPrimitives.ReadUInt32BigEndian(_value);

    public uint ReceiveWindow => BinaryPrimitives.ReadUInt32BigEndian(_value[4..]);

    public int GapCount => BinaryPrimitives.ReadUInt16BigEndian(_value[8..]);

    public int DuplicateCount => BinaryPrimitives.ReadUInt16BigEndian(_value[10..]);

    public static bool TryRead(in Chunk chunk, out SackChunk sack)
    {
        sack = new(chunk.Value);
        return chunk.Value.Length >= FieldsSize && chunk.Value.Length >= FieldsSize + (4 * (sack.GapCount + sack.DuplicateCount));
    }

    /// <summary>First and last TSN of a gap block, as offsets from <see cref="CumulativeTsn"/>.</summary>
    public (int Start, int End) Gap(int index)
    {
        var block = _value[(FieldsSize + (4 * index))..];
        return (BinaryPrimitives.ReadUInt16BigEndian(block), BinaryPrimitives.ReadUInt16BigEndian(block[2..]));
    }

    public uint Duplicate(int index) => BinaryPrimitives.ReadUInt32BigEndian(_value[(FieldsSize + (4 * (GapCount + index)))..]);

    /// <summary>Adds the chunk and returns the room for the gap blocks and then the duplicates, four bytes each.</summary>
    public static Span<byte> Write(ref PacketWriter writer, uint cumulativeTsn, uint window, int gaps, int duplicates)
    {
        var value = writer.AddChunk(SctpChunkType.Sack, 0, FieldsSize + (4 * (gaps + duplicates)));
        BinaryPrimitives.WriteUInt32BigEndian(value, cumulativeTsn);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], window);
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], (ushort)gaps);
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], (ushort)duplicates);
        return value[FieldsSize..];
    }
}
