using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>Writes a packet into the caller's buffer, chunk by chunk, each padded to four bytes (RFC 9260 §3). Too little room throws: ask first.</summary>
public ref struct PacketWriter
{
    private readonly Span<byte> _buffer;

    /// <param name="buffer">As long as the packet may become.</param>
    /// <param name="sourcePort">Ours.</param>
    /// <param name="destinationPort">The peer's.</param>
    /// <param name="verificationTag">The peer's tag; 0 in front of INIT (RFC 9260 §8.5).</param>
    public PacketWriter(Span<byte> buffer, ushort sourcePort, ushort destinationPort, uint verificationTag)
    {
        _buffer = buffer;
        Length = SctpPacket.HeaderSize;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], verificationTag);
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public readonly bool IsEmpty => Length == SctpPacket.HeaderSize;

    /// <summary>How long the value of a further chunk may be; negative where none fits.</summary>
    public readonly int Room => ((_buffer.Length - Length) & ~3) - Chunk.HeaderSize;

    /// <summary>Adds a chunk with room for its value, which the caller fills; the padding is zero.</summary>
    public Span<byte> AddChunk(SctpChunkType type, byte flags, int valueLength)
    {
        var header = _buffer.Slice(Length, Chunk.HeaderSize);
        header[0] = (byte)type;
        header[1] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(Chunk.HeaderSize + valueLength));
        var padded = (valueLength + 3) & ~3;
        var value = _buffer.Slice(Length + Chunk.HeaderSize, padded);
        value[valueLength..].Clear();
        Length += Chunk.HeaderSize + padded;
        return value[..valueLength];
    }

    public void AddChunk(SctpChunkType type, byte flags, ReadOnlySpan<byte> value) => value.CopyTo(AddChunk(type, flags, value.Length));

    /// <summary>Seals the packet with its checksum and returns its length.</summary>
    public readonly int Finish()
    {
        Crc32c.Write(_buffer[..Length]);
        return Length;
    }
}
