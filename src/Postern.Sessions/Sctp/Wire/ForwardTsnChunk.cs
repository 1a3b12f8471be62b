using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>FORWARD TSN (RFC 3758 §3.2): treat everything up to here as arrived, and skip these messages of ordered streams.</summary>
public readonly ref struct ForwardTsnChunk
{
    public const int FieldsSize = 4;
    public const int SkipSize = 4;

    private readonly ReadOnlySpan<byte> _value;

    private ForwardTsnChunk(ReadOnlySpan<byte> value) => _value = value;

    public uint NewCumulativeTsn => BinaryPrimitives.ReadUInt32BigEndian(_value);

    public int SkipCount => (_value.Length - FieldsSize) / SkipSize;

    public static bool TryRead(in Chunk chunk, out ForwardTsnChunk forward)
    {
        forward = new(chunk.Value);
        return chunk.Value.Length >= FieldsSize;
    }

    public (ushort Stream, ushort StreamSequence) Skip(int index)
    {
        var skip = _value[(FieldsSize + (SkipSize * index))..];
        return (BinaryPrimitives.ReadUInt16BigEndian(skip), BinaryPrimitives.ReadUInt16BigEndian(skip[2..]));
    }

    /// <summary>Adds the chunk and returns the room for the skips: stream and stream sequence number, two bytes each.</summary>
    public static Span<byte> Write(ref PacketWriter writer, uint newCumulativeTsn, int skips)
    {
        var value = writer.AddChunk(SctpChunkType.ForwardTsn, 0, FieldsSize + (SkipSize * skips));
        BinaryPrimitives.WriteUInt32BigEndian(value, newCumulativeTsn);
        return value[FieldsSize..];
    }
}
