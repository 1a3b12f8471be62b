using System.Buffers.Binary;

namespace Postern.Protocol.Stun;

/// <summary>A view of a whole STUN message (RFC 8489 §5). Every length is checked once, in <see cref="TryParse"/>.</summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 0|  type (14 bits)           |         message length        |
///  |                 magic cookie 0x2112A442                      |
///  |                 transaction id (96 bits)                     |
/// </code>
/// </remarks>
public readonly ref partial struct StunMessage
{
    public const int HeaderSize = 20;
    public const uint MagicCookie = 0x2112A442;

    private readonly int _protectedEnd;   // attributes from here on are not under an integrity attribute: ignored
    private readonly int _integrity;      // offset of MESSAGE-INTEGRITY, 0 where absent
    private readonly int _integritySha256;

    private StunMessage(ReadOnlySpan<byte> bytes, int protectedEnd, int integrity, int integritySha256, bool hasFingerprint)
    {
        Bytes = bytes;
        _protectedEnd = protectedEnd;
        _integrity = integrity;
        _integritySha256 = integritySha256;
        HasFingerprint = hasFingerprint;
    }

    /// <summary>The whole message.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public bool HasFingerprint { get; }

    public bool HasMessageIntegrity => _integrity != 0;

    public bool HasMessageIntegritySha256 => _integritySha256 != 0;

    public StunClass Class => (StunClass)(((Bytes[0] & 1) << 1) | ((Bytes[1] >> 4) & 1));

    public StunMethod Method
    {
        get
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(Bytes);
            return (StunMethod)((type & 0x000F) | ((type & 0x00E0) >> 1) | ((type & 0x3E00) >> 2));
        }
    }

    /// <summary>RFC 3489 knew no magic cookie: 128 bits of transaction id instead.</summary>
    public bool IsClassic => BinaryPrimitives.ReadUInt32BigEndian(Bytes[4..]) != MagicCookie;

    public TransactionId TransactionId => TransactionId.Read(Bytes[8..]);

    /// <summary>The attributes that count: those after MESSAGE-INTEGRITY are ignored (RFC 8489 §14.5).</summary>
    public StunFields Fields => new(Bytes[HeaderSize.._protectedEnd]);

    /// <summary>Whether the first byte may begin a STUN message on a shared port (RFC 7983 §7).</summary>
    public static bool LooksLikeStun(ReadOnlySpan<byte> datagram) => datagram.Length >= HeaderSize && datagram[0] < 4;

    public static StunError TryParse(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (datagram.Length < HeaderSize)
        {
            return StunError.TooShort;
        }

        if ((datagram[0] & 0xC0) != 0)
        {
            return StunError.NotStun;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) != datagram.Length - HeaderSize || (datagram.Length & 3) != 0)
        {
            return StunError.BadLength;
        }

        return Walk(datagram, out message);
    }

    private static StunError Walk(ReadOnlySpan<byte> bytes, out StunMessage message)
    {
        message = default;
        int integrity = 0, integritySha256 = 0, fingerprint = 0, protectedEnd = 0;
        for (var at = HeaderSize; at < bytes.Length;)
        {
            if (fingerprint != 0)
            {
                return StunError.BadFingerprint;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            var next = at + 4 + ((length + 3) & ~3);
            if (next > bytes.Length)
            {
                return StunError.BadAttribute;
            }

            switch ((StunAttributeType)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]))
            {
                case StunAttributeType.MessageIntegrity when integrity == 0 && integritySha256 == 0:
                    integrity = at;
                    break;
                case StunAttributeType.MessageIntegritySha256 when integritySha256 == 0:
                    integritySha256 = at;
                    break;
                case StunAttributeType.Fingerprint:
                    fingerprint = at;
                    break;
                default:
                    at = next;
                    continue;
            }

            protectedEnd = protectedEnd == 0 ? at : protectedEnd;
            at = next;
        }

        if (fingerprint != 0 && !StunFingerprint.Verify(bytes, fingerprint))
        {
            return StunError.BadFingerprint;
        }

        message = new(bytes, protectedEnd == 0 ? bytes.Length : protectedEnd, integrity, integritySha256, fingerprint != 0);
        return StunError.None;
    }

    /// <summary>The first attribute of this type (RFC 8489 §14: later ones of the same type are ignored).</summary>
    public bool TryGet(StunAttributeType type, out ReadOnlySpan<byte> value)
    {
        foreach (var field in Fields)
        {
            if (field.Type == type)
            {
                value = field.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public bool Has(StunAttributeType type) => TryGet(type, out _);

    /// <summary>
    /// Lists the comprehension-required types that are not among <paramref name="known"/>, each once, for a 420 answer
    /// (RFC 8489 §6.3.1); returns how many fitted into <paramref name="unknown"/>.
    /// </summary>
    public int FindUnknown(ReadOnlySpan<StunAttributeType> known, Span<StunAttributeType> unknown)
    {
        var count = 0;
        foreach (var field in Fields)
        {
            if (count < unknown.Length && field.IsComprehensionRequired && !known.Contains(field.Type) && !unknown[..count].Contains(field.Type))
            {
                unknown[count++] = field.Type;
            }
        }

        return count;
    }

    /// <summary>Whether MESSAGE-INTEGRITY is there and right under this key (RFC 8489 §14.5).</summary>
    public bool VerifyIntegrity(ReadOnlySpan<byte> key) => _integrity != 0 && StunIntegrity.VerifySha1(Bytes, _integrity, key);

    /// <summary>Whether MESSAGE-INTEGRITY-SHA256 is there and right under this key (RFC 8489 §14.6).</summary>
    /// <param name="key">The key.</param>
    /// <param name="minimum">Fewer than 32 bytes only where a usage allows truncation; the Binding, TURN and ICE usages do not.</param>
    public bool VerifyIntegritySha256(ReadOnlySpan<byte> key, int minimum = StunIntegrity.Sha256Size) =>
        _integritySha256 != 0 && StunIntegrity.VerifySha256(Bytes, _integritySha256, key, minimum);
}
