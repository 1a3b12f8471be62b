using System.Buffers.Binary;
using System.Text;

namespace Postern.Lab.Namespaces.Tracing;

/// <summary>Writes captures of IP packets as Wireshark reads them: pcapng (draft-ietf-opsawg-pcapng §4), several interfaces, comments beside packets.</summary>
internal static class PcapngWriter
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint ByteOrder = 0x1A2B3C4D;
    private const uint InterfaceDescription = 1;
    private const uint EnhancedPacket = 6;
    private const ushort RawIp = 101; // LINKTYPE_RAW: the first half byte tells the version
    private const ushort Comment = 1; // opt_comment
    private const ushort InterfaceName = 2; // if_name
    private const ushort PacketFlags = 2; // epb_flags: 1 inbound, 2 outbound
    private const int SnapLength = 262144;

    public static void WriteHeader(Stream stream, IEnumerable<string> interfaces)
    {
        Span<byte> section = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(section, ByteOrder);
        BinaryPrimitives.WriteUInt16LittleEndian(section[4..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(section[6..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(section[8..], -1); // its length is not known before its end
        WriteBlock(stream, SectionHeader, section, default, []);
        foreach (var name in interfaces)
        {
            WriteInterface(stream, name);
        }
    }

    /// <summary>One more interface: packets name it by its number, in the order of these blocks.</summary>
    public static void WriteInterface(Stream stream, string name)
    {
        Span<byte> description = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(description, RawIp);
        BinaryPrimitives.WriteUInt16LittleEndian(description[2..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(description[4..], SnapLength);
        WriteBlock(stream, InterfaceDescription, description, default, Option(InterfaceName, Encoding.UTF8.GetBytes(name.ToLowerInvariant())));
    }

    /// <param name="stream">Where to.</param>
    /// <param name="number">Of the interface.</param>
    /// <param name="packet">From its IP header on.</param>
    /// <param name="isArriving">Towards whoever captures; else away from it.</param>
    /// <param name="comment">What Wireshark shows beside it.</param>
    public static void WritePacket(Stream stream, int number, ReadOnlySpan<byte> packet, bool isArriving, string? comment)
    {
        var microseconds = (ulong)((DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        Span<byte> head = stackalloc byte[20];
        BinaryPrimitives.WriteInt32LittleEndian(head, number);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], (uint)(microseconds >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], (uint)microseconds);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], packet.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], packet.Length);
        byte[] flags = [(byte)(isArriving ? 1 : 2), 0, 0, 0];
        var options = comment is null ? Option(PacketFlags, flags) : [.. Option(PacketFlags, flags), .. Option(Comment, Encoding.UTF8.GetBytes(comment))];
        WriteBlock(stream, EnhancedPacket, head, packet, options);
    }

    private static byte[] Option(ushort code, ReadOnlySpan<byte> value)
    {
        var option = new byte[4 + Padded(value.Length)];
        BinaryPrimitives.WriteUInt16LittleEndian(option, code);
        BinaryPrimitives.WriteUInt16LittleEndian(option.AsSpan(2), (ushort)value.Length);
        value.CopyTo(option.AsSpan(4));
        return option;
    }

    private static void WriteBlock(Stream stream, uint type, ReadOnlySpan<byte> head, ReadOnlySpan<byte> data, ReadOnlySpan<byte> options)
    {
        var endOfOptions = options.IsEmpty ? 0 : 4;
        var length = 12 + head.Length + Padded(data.Length) + options.Length + endOfOptions;
        Span<byte> number = stackalloc byte[4];
        Write(type);
        Write((uint)length);
        stream.Write(head);
        stream.Write(data);
        stream.Write(stackalloc byte[Padded(data.Length) - data.Length]);
        stream.Write(options);
        stream.Write(stackalloc byte[endOfOptions]);
        BinaryPrimitives.WriteUInt32LittleEndian(number, (uint)length);
        stream.Write(number);

        void Write(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }

    private static int Padded(int length) => (length + 3) & ~3;
}
