using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>DATA (RFC 9260 §3.3.1): a message or a fragment of one.</summary>
public readonly ref struct DataChunk
{
    /// <summary>What stands between the chunk's header and the user's bytes.</summary>
    public const int FieldsSize = 12;

    /// <summary>What a DATA chunk costs beside the user's bytes.</summary>
    public const int Overhead = Chunk.HeaderSize + FieldsSize;

    public const byte EndFlag = 1;
    public const byte BeginFlag = 2;
    public const byte UnorderedFlag = 4;

    /// <summary>RFC 9260 §3.3.1: the sender asks for a SACK without delay.</summary>
    public const byte ImmediateFlag = 8;

    private readonly ReadOnlySpan<byte> _value;

    private DataChunk(byte flags, ReadOnlySpan<byte> value)
    {
        Flags = flags;
        _value = value;
    }

    public byte Flags { get; }

    public bool IsBegin => (Flags & BeginFlag) != 0;

    public bool IsEnd => (Flags & EndFlag) != 0;

    public bool IsUnordered => (Flags & UnorderedFlag) != 0;

    public uint Tsn => BinaryPrimitives.ReadUInt32BigEndian(_value);

    public ushort Stream => BinaryPrimitives.ReadUInt16BigEndian(_value[4..]);

    public ushort StreamSequence => BinaryPrimitives.ReadUInt16BigEndian(_value[6..]);

    public uint PayloadProtocol => BinaryPrimitives.ReadUInt32BigEndian(_value[8..]);

    public ReadOnlySpan<byte> Payload => _value[FieldsSize..];

    public static bool TryRead(in Chunk chunk, out DataChunk data)
    {
        data = new(chunk.Flags, chunk.Value);
        return chunk.Value.Length >= FieldsSize;
    }

    /// <summary>Adds the chunk and returns the room for the user's bytes.</summary>
    public static Span<byte> Write(ref PacketWriter writer, byte flags, uint tsn, ushort stream, ushort streamSequence, uint payloadProtocol, int length)
    {
        var value = writer.AddChunk(SctpChunkType.Data, flags, FieldsSize + length);
        BinaryPrimitives.WriteUInt32BigEndian(value, tsn);
        BinaryPrimitives.WriteUInt16BigEndian(value[4..], stream);
        BinaryPrimitives.WriteUInt16BigEndian(value[6..], streamSequence);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], payloadProtocol);
        return value[FieldsSize..];
    }
}
