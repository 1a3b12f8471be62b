using System.Buffers.Binary;

namespace Postern.Lab.Packets;

/// <summary>
/// What a checksum has to learn of words that were changed under it, without reading the others: HC' = ~(~HC + ~m + m')
/// (RFC 1624 §3). Also the whole sum, for packets that are new.
/// </summary>
internal struct ChecksumChange
{
    private uint _sum;

    /// <summary>A word at an even place became another one.</summary>
    public void Add(ushort was, ushort becomes) => _sum = Fold(_sum + (ushort)~was + becomes);

    public void Add(ChecksumChange other) => _sum = Fold(_sum + other._sum);

    /// <summary>The checksum after the change; untouched where nothing was changed.</summary>
    public readonly ushort ApplyTo(ushort checksum) => _sum == 0 ? checksum : (ushort)~Fold((ushort)~checksum + _sum);

    /// <summary>The Internet checksum of bytes on top of a sum that is known (RFC 1071 §1); an odd last byte counts as the high one.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes, uint sum = 0) => (ushort)~Sum(bytes, sum);

    /// <summary>The sum itself, folded to 16 bits, for parts that follow each other at even places.</summary>
    public static uint Sum(ReadOnlySpan<byte> bytes, uint sum = 0)
    {
        ulong total = sum;
        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            total += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        total += bytes.IsEmpty ? 0 : (uint)bytes[0] << 8;
        return Fold(Fold((uint)(total & 0xFFFF_FFFF)) + (uint)(total >> 32));
    }

    private static uint Fold(uint sum)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (sum & 0xFFFF) + (sum >> 16);
    }
}
