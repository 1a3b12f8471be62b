namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of a fragment of a handshake message (RFC 6347 §4.2.2).</summary>
/// <remarks>
/// <code>
/// | type (8) | length (24) | message_seq (16) | fragment_offset (24) | fragment_length (24) |
/// </code>
/// </remarks>
internal readonly ref struct HandshakeFragment
{
    public const int HeaderSize = 12;

    private HandshakeFragment(HandshakeType type, int length, ushort sequence, int offset, ReadOnlySpan<byte> bytes)
    {
        Type = type;
        Length = length;
        Sequence = sequence;
        Offset = offset;
        Bytes = bytes;
    }

    public HandshakeType Type { get; }

    /// <summary>Of the whole message.</summary>
    public int Length { get; }

    public ushort Sequence { get; }

    public int Offset { get; }

    public ReadOnlySpan<byte> Bytes { get; }

    public int WholeSize => HeaderSize + Bytes.Length;

    public bool IsLast => Offset + Bytes.Length == Length;

    /// <summary>False where no whole fragment stands at the beginning, or it reaches past its message.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out HandshakeFragment fragment)
    {
        fragment = default;
        if (bytes.Length < HeaderSize)
        {
            return false;
        }

        var reader = new WireReader(bytes[..HeaderSize]);
        var type = (HandshakeType)reader.ReadByte();
        var length = reader.ReadUInt24();
        var sequence = reader.ReadUInt16();
        var offset = reader.ReadUInt24();
        var count = reader.ReadUInt24();
        if (count > bytes.Length - HeaderSize || offset + count > length)
        {
            return false;
        }

        fragment = new(type, length, sequence, offset, bytes.Slice(HeaderSize, count));
        return true;
    }

    public static void WriteHeader(Span<byte> destination, HandshakeType type, int length, ushort sequence, int offset, int count)
    {
        var writer = new WireWriter(destination);
        writer.WriteByte((byte)type);
        writer.WriteUInt24(length);
        writer.WriteUInt16(sequence);
        writer.WriteUInt24(offset);
        writer.WriteUInt24(count);
    }
}
