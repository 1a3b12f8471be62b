using System.Buffers.Binary;

namespace Postern.Sessions.Dtls.Messages;

/// <summary>Reads the presentation language of RFC 5246 §4. A read past the end yields zeros, and <see cref="IsDone"/> stays false from then on.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;
    private bool _overrun;

    public readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>Everything was there, and nothing is left.</summary>
    public readonly bool IsDone => !_overrun && _rest.IsEmpty;

    public byte ReadByte() => TryTake(1, out var taken) ? taken[0] : (byte)0;

    public ushort ReadUInt16() => TryTake(2, out var taken) ? BinaryPrimitives.ReadUInt16BigEndian(taken) : (ushort)0;

    public int ReadUInt24() => TryTake(3, out var taken) ? (taken[0] << 16) | (taken[1] << 8) | taken[2] : 0;

    public ReadOnlySpan<byte> Read(int count) => TryTake(count, out var taken) ? taken : default;

    public ReadOnlySpan<byte> ReadVector8() => Read(ReadByte());

    public ReadOnlySpan<byte> ReadVector16() => Read(ReadUInt16());

    public ReadOnlySpan<byte> ReadVector24() => Read(ReadUInt24());

    private bool TryTake(int count, out ReadOnlySpan<byte> taken)
    {
        if (count > _rest.Length)
        {
            _overrun = true;
            _rest = default;
            taken = default;
            return false;
        }

        taken = _rest[..count];
        _rest = _rest[count..];
        return true;
    }
}
