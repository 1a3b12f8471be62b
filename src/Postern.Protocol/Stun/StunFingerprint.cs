using System.Buffers.Binary;

namespace Postern.Protocol.Stun;

/// <summary>FINGERPRINT (RFC 8489 §14.7): CRC-32 of all that stands before it, XOR 0x5354554E.</summary>
internal static class StunFingerprint
{
    public const int FieldSize = 8;
    private const uint Mask = 0x5354554E;

    // Table k holds a byte's remainder after k further bytes of zero, so that eight bytes are taken at once.
    private const int Lanes = 8;
    private static readonly uint[] Table = BuildTable();

    public static bool Verify(ReadOnlySpan<byte> message, int offset) =>
        BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 2)..]) == 4
        && BinaryPrimitives.ReadUInt32BigEndian(message[(offset + 4)..]) == Compute(message[..offset]);

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table = Table;
        var crc = uint.MaxValue;
        for (; bytes.Length >= Lanes; bytes = bytes[Lanes..])
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = table[0x700 | (byte)low] ^ table[0x600 | (byte)(low >> 8)] ^ table[0x500 | (byte)(low >> 16)] ^ table[0x400 | (int)(low >> 24)]
                ^ table[0x300 | (byte)high] ^ table[0x200 | (byte)(high >> 8)] ^ table[0x100 | (byte)(high >> 16)] ^ table[(int)(high >> 24)];
        }

        foreach (var value in bytes)
        {
            crc = table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc ^ Mask;
    }

    private static uint[] BuildTable()
    {
        const uint polynomial = 0xEDB88320; // ITU-T V.42, reflected
        var table = new uint[Lanes * 256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? polynomial ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        for (var i = 256; i < table.Length; i++)
        {
            table[i] = table[(byte)table[i - 256]] ^ (table[i - 256] >> 8);
        }

        return table;
    }
}
