using System.Buffers.Binary;

namespace Postern.Protocol.Stun;

/// <summary>FINGERPRINT (RFC 8489 §14.7): CRC-32 of all that stands before it, XOR 0x5354554E.</summary>
internal static class StunFingerprint
{
    public const int FieldSize = 8;
    private const uint Mask = 0x5354554E;

    private static readonly uint[] Table = BuildTable();

    public static bool Verify(ReadOnlySpan<byte> message, int offset) =>
        BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 2)..]) == 4
        && BinaryPrimitives.ReadUInt32BigEndian(message[(offset + 4)..]) == Compute(message[..offset]);

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc ^ Mask;
    }

    private static uint[] BuildTable()
    {
        const uint polynomial = 0xEDB88320; // ITU-T V.42, reflected
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? polynomial ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
