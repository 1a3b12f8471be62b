using System.Buffers.Binary;
using System.Numerics;

namespace Postern.Sessions.Sctp;

/// <summary>The checksum of an SCTP packet (RFC 9260 §6.8, Appendix A), by the processor's instruction where it has one.</summary>
public static class Crc32c
{
    private const int ChecksumOffset = 8;

    /// <summary>The CRC32c of plain bytes, in the order in which SCTP writes it little-endian.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Continue(uint.MaxValue, bytes);

    /// <summary>The checksum of a packet, its checksum field counted as zero (RFC 9260 §6.8).</summary>
    public static uint OfPacket(ReadOnlySpan<byte> packet)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, BinaryPrimitives.ReadUInt64LittleEndian(packet));
        crc = BitOperations.Crc32C(crc, 0u);
        return ~Continue(crc, packet[(ChecksumOffset + 4)..]);
    }

    public static uint Read(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32LittleEndian(packet[ChecksumOffset..]);

    /// <summary>Puts the right checksum into a packet of at least 12 bytes.</summary>
    public static void Write(Span<byte> packet) => BinaryPrimitives.WriteUInt32LittleEndian(packet[ChecksumOffset..], OfPacket(packet));

    private static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
