using System.Buffers.Binary;

namespace Postern.Firewalls.Learning.Captures;

/// <summary>tcpdump's own format (pcap-savefile(5)).</summary>
internal sealed class PcapReader(PacketHandler found) : ICaptureReader
{
    private const uint Microseconds = 0xA1B2C3D4;
    private const uint Nanoseconds = 0xA1B23C4D;
    private const int FileHeader = 24;
    private const int RecordHeader = 16;
    private const int LongestPacket = 256 << 10;

    private bool _isBegun;
    private bool _isBigEndian;
    private uint _perMillisecond;
    private int _linkType;

    public static bool IsMagic(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes) is Microseconds or Nanoseconds || BinaryPrimitives.ReadUInt32BigEndian(bytes) is Microseconds or Nanoseconds;

    public long Take(ReadOnlySpan<byte> bytes)
    {
        if (!_isBegun)
        {
            return Begin(bytes);
        }

        if (bytes.Length < RecordHeader)
        {
            return 0;
        }

        var (seconds, fraction, length) = (Word(bytes, 0), Word(bytes, 4), Word(bytes, 8));
        if (length > LongestPacket)
        {
            return -1;
        }

        if (bytes.Length < RecordHeader + length)
        {
            return 0;
        }

        var sighting = Sighting.Nothing;
        sighting.At = (seconds * 1000L) + (fraction / _perMillisecond);
        var kind = Dissector.Read(_linkType, bytes.Slice(RecordHeader, (int)length), ref sighting);
        found(kind, sighting);
        return RecordHeader + length;
    }

    private long Begin(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FileHeader)
        {
            return 0;
        }

        _isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(bytes) is Microseconds or Nanoseconds;
        _perMillisecond = Word(bytes, 0) == Nanoseconds ? 1_000_000u : 1000u;
        _linkType = (int)(Word(bytes, 20) & 0xFFFF);
        _isBegun = true;
        return FileHeader;
    }

    private uint Word(ReadOnlySpan<byte> bytes, int at) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
