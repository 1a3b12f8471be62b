using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>A view of a packet: the common header and its chunks (RFC 9260 §3.1).</summary>
/// <remarks>
/// <code>
///  |  source port (16)   |  destination port (16)  |
///  |             verification tag (32)             |
///  |        checksum (32, CRC32c, little-endian)   |
/// </code>
/// </remarks>
public readonly ref struct SctpPacket
{
    public const int HeaderSize = 12;

    private SctpPacket(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    public ReadOnlySpan<byte> Bytes { get; }

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(Bytes);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(Bytes[2..]);

    public uint VerificationTag => BinaryPrimitives.ReadUInt32BigEndian(Bytes[4..]);

    public ChunkReader Chunks => new(Bytes[HeaderSize..]);

    /// <summary>False where the bytes are too short for a header and one chunk, or the checksum is wrong.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out SctpPacket packet)
    {
        packet = new(bytes);
        return bytes.Length >= HeaderSize + Chunk.HeaderSize && Crc32c.Read(bytes) == Crc32c.OfPacket(bytes);
    }
}
