using System.Buffers.Binary;

namespace Postern.Sessions.Dtls.Messages;

/// <summary>Writes the presentation language of RFC 5246 §4 into the caller's buffer, which must be large enough.</summary>
internal ref struct WireWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    public void WriteByte(byte value) => _buffer[Length++] = value;

    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Length..], value);
        Length += 2;
    }

    public void WriteUInt24(int value)
    {
        WriteByte((byte)(value >> 16));
        WriteUInt16((ushort)value);
    }

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[Length..]);
        Length += bytes.Length;
    }

    public void WriteVector8(scoped ReadOnlySpan<byte> bytes)
    {
        WriteByte(checked((byte)bytes.Length));
        Write(bytes);
    }

    public void WriteVector16(scoped ReadOnlySpan<byte> bytes)
    {
        WriteUInt16(checked((ushort)bytes.Length));
        Write(bytes);
    }

    public void WriteVector24(scoped ReadOnlySpan<byte> bytes)
    {
        WriteUInt24(bytes.Length);
        Write(bytes);
    }

    /// <summary>Leaves room for a length of 16 bits; <see cref="CloseVector16"/> fills it in.</summary>
    public int OpenVector16()
    {
        WriteUInt16(0);
        return Length;
    }

    public readonly void CloseVector16(int start) => BinaryPrimitives.WriteUInt16BigEndian(_buffer[(start - 2)..], checked((ushort)(Length - start)));
}
