using System.Buffers.Binary;

namespace Postern.Firewalls.Learning.Captures;

/// <summary>pcapng (draft-ietf-opsawg-pcapng): sections, interfaces, and packets as enhanced or simple packet blocks.</summary>
internal sealed class PcapngReader(PacketHandler found) : ICaptureReader
{
    public const uint SectionHeader = 0x0A0D0D0A;

    private const uint ByteOrder = 0x1A2B3C4D;
    private const uint InterfaceBlock = 1;
    private const uint SimplePacketBlock = 3;
    private const uint EnhancedPacketBlock = 6;
    private const int MaximumInterfaces = 1024;
    private const int LongestPacketBlock = 256 << 10;
    private const int OptionTimeResolution = 9; // if_tsresol

    private readonly List<(int LinkType, double PerMillisecond)> _interfaces = [];
    private bool _isBigEndian;

    public long Take(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12)
        {
            return 0;
        }

        var type = Word(bytes, 0);
        if (type == SectionHeader)
        {
            _isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) == ByteOrder;
            if (!_isBigEndian && Word(bytes, 8) != ByteOrder)
            {
                return -1;
            }

            _interfaces.Clear();
        }

        var length = Word(bytes, 4);
        if (length < 12 || length % 4 != 0)
        {
            return -1;
        }

        var isWanted = type is InterfaceBlock or SimplePacketBlock or EnhancedPacketBlock;
        if (!isWanted || length > LongestPacketBlock)
        {
            return length;
        }

        if (bytes.Length < length)
        {
            return 0;
        }

        Block(type, bytes[8..(int)(length - 4)]);
        return length;
    }

    private void Block(uint type, ReadOnlySpan<byte> body)
    {
        var sighting = Sighting.Nothing;
        switch (type)
        {
            case InterfaceBlock:
                if (body.Length >= 8 && _interfaces.Count < MaximumInterfaces)
                {
                    _interfaces.Add((Half(body, 0), PerMillisecond(body[8..])));
                }

                break;
            case SimplePacketBlock when body.Length >= 4 && _interfaces.Count > 0:
                Packet(_interfaces[0].LinkType, body[4..], ref sighting);
                break;
            case EnhancedPacketBlock when body.Length >= 20 && Word(body, 0) < _interfaces.Count && Word(body, 12) <= body.Length - 20:
                var (linkType, perMillisecond) = _interfaces[(int)Word(body, 0)];
                sighting.At = (long)((((ulong)Word(body, 4) << 32) | Word(body, 8)) / perMillisecond);
                Packet(linkType, body.Slice(20, (int)Word(body, 12)), ref sighting);
                break;
            default:
                found(LineKind.Cut, sighting);
                break;
        }
    }

    private void Packet(int linkType, ReadOnlySpan<byte> packet, ref Sighting sighting)
    {
        var kind = Dissector.Read(linkType, packet, ref sighting);
        found(kind, sighting);
    }

    /// <summary>Units of time in a millisecond: microseconds unless an option says otherwise, as a power of ten or, with the high bit, of two.</summary>
    private double PerMillisecond(ReadOnlySpan<byte> options)
    {
        while (options.Length >= 4)
        {
            var (code, length) = (Half(options, 0), Half(options, 2));
            if (code == 0 || options.Length < 4 + length)
            {
                break;
            }

            if (code == OptionTimeResolution && length >= 1)
            {
                var power = options[4] & 0x7F;
                return Math.Max(1e-3, Math.Pow((options[4] & 0x80) != 0 ? 2 : 10, Math.Min(power, 60)) / 1000);
            }

            options = options[Math.Min(options.Length, 4 + ((length + 3) & ~3))..];
        }

        return 1000;
    }

    private uint Word(ReadOnlySpan<byte> bytes, int at) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private int Half(ReadOnlySpan<byte> bytes, int at) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
