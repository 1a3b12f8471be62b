using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Lab.Schedules;

/// <summary>A datagram of these programs.</summary>
/// <param name="Word">What it says.</param>
/// <param name="Attempt">To which attempt it belongs.</param>
/// <param name="Seen">In <see cref="Word.Told"/>: the asker's endpoint as the server saw it.</param>
internal readonly record struct Letter(Word Word, byte Attempt = 0, Endpoint Seen = default)
{
    private const int HeadSize = 2;
    private const int AddressSize = 4; // only servers tell one, in worlds of IPv4
    private const int TotalSize = HeadSize + AddressSize + sizeof(ushort);

    public byte[] Write()
    {
        var bytes = new byte[Word == Word.Told ? TotalSize : HeadSize];
        (bytes[0], bytes[1]) = ((byte)Word, Attempt);
        if (Word == Word.Told)
        {
            Seen.Address.Write(bytes.AsSpan(HeadSize));
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(HeadSize + AddressSize), Seen.Port);
        }

        return bytes;
    }

    public static Letter Read(ReadOnlySpan<byte> bytes)
    {
        var word = (Word)bytes[0];
        var seen = word == Word.Told
            ? new Endpoint(IpAddress.FromBytes(bytes.Slice(HeadSize, AddressSize)), BinaryPrimitives.ReadUInt16BigEndian(bytes[(HeadSize + AddressSize)..]))
            : default;
        return new(word, bytes[1], seen);
    }
}
