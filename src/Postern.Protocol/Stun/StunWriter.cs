using System.Buffers.Binary;
using System.Text;
using Postern.Protocol.Net;

namespace Postern.Protocol.Stun;

/// <summary>
/// Writes a STUN message into the caller's buffer (RFC 8489 §5). The length field is right after every call, so the message
/// is <see cref="Length"/> bytes of the buffer at any time. A buffer that is too small throws, and so does an attribute behind
/// an integrity attribute or FINGERPRINT, where nobody would heed it: that is misuse.
/// </summary>
public ref struct StunWriter
{
    private readonly Span<byte> _buffer;
    private int _sealed; // rank of the last integrity attribute or FINGERPRINT written

    public StunWriter(Span<byte> buffer, StunClass @class, StunMethod method, TransactionId id)
    {
        _buffer = buffer;
        Length = StunMessage.HeaderSize;
        WriteType(@class, method);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[4..], StunMessage.MagicCookie);
        id.Write(_buffer[8..]);
        WriteLength();
    }

    private StunWriter(Span<byte> buffer, StunClass @class, in StunMessage request)
    {
        _buffer = buffer;
        Length = StunMessage.HeaderSize;
        WriteType(@class, request.Method);
        request.Bytes.Slice(4, 16).CopyTo(_buffer[4..]);
        WriteLength();
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>A response with the request's method and transaction id, an RFC 3489 client's 128 bits included.</summary>
    public static StunWriter Respond(Span<byte> buffer, StunClass @class, in StunMessage request) => new(buffer, @class, request);

    public void Add(StunAttributeType type, scoped ReadOnlySpan<byte> value) => value.CopyTo(Reserve(type, value.Length));

    public void AddUInt32(StunAttributeType type, uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(type, 4), value);

    public void AddUInt64(StunAttributeType type, ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(type, 8), value);

    /// <summary>16 bits and 16 reserved ones, as in CHANNEL-NUMBER and RESPONSE-PORT.</summary>
    public void AddUInt16(StunAttributeType type, ushort value) => AddUInt32(type, (uint)value << 16);

    /// <summary>A flag such as USE-CANDIDATE: no value.</summary>
    public void AddFlag(StunAttributeType type) => Reserve(type, 0);

    public void AddText(StunAttributeType type, scoped ReadOnlySpan<char> text)
    {
        var value = Reserve(type, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, value);
    }

    public void AddAddress(StunAttributeType type, Endpoint endpoint) =>
        StunAddress.Write(Reserve(type, endpoint.IsV4 ? 8 : 20), endpoint);

    public void AddXorAddress(StunAttributeType type, Endpoint endpoint) =>
        StunAddress.WriteXor(Reserve(type, endpoint.IsV4 ? 8 : 20), _buffer.Slice(4, 16), endpoint);

    /// <summary>ERROR-CODE with the registry's reason phrase (RFC 8489 §14.8).</summary>
    public void AddErrorCode(int code) => AddErrorCode(code, StunErrorCode.Reason(code));

    public void AddErrorCode(int code, scoped ReadOnlySpan<byte> reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 300);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 699);
        var value = Reserve(StunAttributeType.ErrorCode, 4 + reason.Length);
        value[..2].Clear();
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        reason.CopyTo(value[4..]);
    }

    /// <summary>UNKNOWN-ATTRIBUTES (RFC 8489 §14.13); towards RFC 3489 an odd list repeats its last type (RFC 3489 §11.2.10).</summary>
    public void AddUnknownAttributes(scoped ReadOnlySpan<StunAttributeType> types)
    {
        var isClassic = BinaryPrimitives.ReadUInt32BigEndian(_buffer[4..]) != StunMessage.MagicCookie;
        var value = Reserve(StunAttributeType.UnknownAttributes, 2 * (isClassic ? types.Length + (types.Length & 1) : types.Length));
        for (var i = 0; 2 * i < value.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value[(2 * i)..], (ushort)types[Math.Min(i, types.Length - 1)]);
        }
    }

    /// <summary>MESSAGE-INTEGRITY over all that was written before (RFC 8489 §14.5).</summary>
    public void AddIntegrity(scoped ReadOnlySpan<byte> key)
    {
        var head = _buffer[..Length];
        var mac = Reserve(StunAttributeType.MessageIntegrity, StunIntegrity.Sha1Size);
        StunIntegrity.Compute(head, StunIntegrity.Sha1Size, key, mac, sha256: false);
    }

    /// <summary>MESSAGE-INTEGRITY-SHA256, not truncated, over all that was written before (RFC 8489 §14.6).</summary>
    public void AddIntegritySha256(scoped ReadOnlySpan<byte> key)
    {
        var head = _buffer[..Length];
        var mac = Reserve(StunAttributeType.MessageIntegritySha256, StunIntegrity.Sha256Size);
        StunIntegrity.Compute(head, StunIntegrity.Sha256Size, key, mac, sha256: true);
    }

    /// <summary>FINGERPRINT, which must be the last attribute (RFC 8489 §14.7).</summary>
    public void AddFingerprint()
    {
        var head = Length;
        var value = Reserve(StunAttributeType.Fingerprint, 4);
        BinaryPrimitives.WriteUInt32BigEndian(value, StunFingerprint.Compute(_buffer[..head]));
    }

    private Span<byte> Reserve(StunAttributeType type, int size)
    {
        Seal(type);
        var field = _buffer[Length..];
        BinaryPrimitives.WriteUInt16BigEndian(field, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(field[2..], checked((ushort)size));
        var padded = (size + 3) & ~3;
        field[(4 + size)..(4 + padded)].Clear();
        Length += 4 + padded;
        WriteLength();
        return field.Slice(4, size);
    }

    // RFC 8489 §14.5 to §14.7: all others, MESSAGE-INTEGRITY, MESSAGE-INTEGRITY-SHA256, FINGERPRINT, in this order.
    private void Seal(StunAttributeType type)
    {
        var rank = type switch
        {
            StunAttributeType.MessageIntegrity => 1,
            StunAttributeType.MessageIntegritySha256 => 2,
            StunAttributeType.Fingerprint => 3,
            _ => 0,
        };
        if (_sealed > 0 && rank <= _sealed)
        {
            throw new InvalidOperationException($"{type} would stand behind the attributes that seal the message.");
        }

        _sealed = rank;
    }

    private readonly void WriteType(StunClass @class, StunMethod method)
    {
        int m = (ushort)method, c = (byte)@class;
        var type = (m & 0xF) | ((c & 1) << 4) | ((m & 0x70) << 1) | ((c & 2) << 7) | ((m & 0xF80) << 2);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer, (ushort)type);
    }

    private readonly void WriteLength() => BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], checked((ushort)(Length - StunMessage.HeaderSize)));
}
