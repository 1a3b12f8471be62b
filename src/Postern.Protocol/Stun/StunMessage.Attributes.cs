using System.Buffers.Binary;
using System.Text.Unicode;
using Postern.Protocol.Net;

namespace Postern.Protocol.Stun;

/// <content>Typed readings of the attributes. Each is false where the attribute is absent or its value is malformed.</content>
public readonly ref partial struct StunMessage
{
    /// <summary>RFC 8489 §14.3: USERNAME has fewer than 509 bytes.</summary>
    public const int LongestUsername = 508;

    /// <summary>RFC 8489 §14.8, §14.9, §14.10, §14.14: fewer than 128 characters, which can be 763 bytes.</summary>
    public const int LongestText = 763;

    /// <summary>RFC 8489 §14.16: ALTERNATE-DOMAIN has at most 255 bytes.</summary>
    public const int LongestDomain = 255;

    public bool TryGetByte(StunAttributeType type, out byte value)
    {
        // EVEN-PORT has one byte; REQUESTED-TRANSPORT and the address families have three reserved ones behind it.
        value = 0;
        if (!TryGet(type, out var bytes) || bytes.Length is not (1 or 4))
        {
            return false;
        }

        value = bytes[0];
        return true;
    }

    /// <summary>The first 16 bits of 32, as in CHANNEL-NUMBER; RESPONSE-PORT also comes without the reserved half.</summary>
    public bool TryGetUInt16(StunAttributeType type, out ushort value)
    {
        value = 0;
        return TryGet(type, out var bytes) && bytes.Length is 2 or 4 && BinaryPrimitives.TryReadUInt16BigEndian(bytes, out value);
    }

    public bool TryGetUInt32(StunAttributeType type, out uint value)
    {
        value = 0;
        return TryGet(type, out var bytes) && bytes.Length == 4 && BinaryPrimitives.TryReadUInt32BigEndian(bytes, out value);
    }

    public bool TryGetUInt64(StunAttributeType type, out ulong value)
    {
        value = 0;
        return TryGet(type, out var bytes) && bytes.Length == 8 && BinaryPrimitives.TryReadUInt64BigEndian(bytes, out value);
    }

    /// <summary>A text such as SOFTWARE: UTF-8 and no longer than its RFC allows.</summary>
    public bool TryGetText(StunAttributeType type, out ReadOnlySpan<byte> text)
    {
        var longest = type switch
        {
            StunAttributeType.Username => LongestUsername,
            StunAttributeType.AlternateDomain => LongestDomain,
            _ => LongestText,
        };
        return TryGet(type, out text) && text.Length <= longest && Utf8.IsValid(text);
    }

    /// <summary>A plain address such as MAPPED-ADDRESS or OTHER-ADDRESS (RFC 8489 §14.1).</summary>
    public bool TryGetAddress(StunAttributeType type, out Endpoint endpoint)
    {
        endpoint = default;
        return TryGet(type, out var value) && StunAddress.TryRead(value, out endpoint);
    }

    /// <summary>An XORed address such as XOR-MAPPED-ADDRESS (RFC 8489 §14.2).</summary>
    public bool TryGetXorAddress(StunAttributeType type, out Endpoint endpoint)
    {
        endpoint = default;
        return TryGet(type, out var value) && StunAddress.TryReadXor(value, Bytes.Slice(4, 16), out endpoint);
    }

    /// <summary>ERROR-CODE (RFC 8489 §14.8): 300 to 699, and its reason phrase in UTF-8 as it came.</summary>
    public bool TryGetErrorCode(out int code, out ReadOnlySpan<byte> reason)
    {
        code = 0;
        return TryGet(StunAttributeType.ErrorCode, out reason) && TryReadError(ref reason, out code);
    }

    /// <summary>
    /// ALTERNATE-SERVER and, where it is there, ALTERNATE-DOMAIN (RFC 8489 §14.15, §14.16): where a 300 sends its client.
    /// To be believed only under message integrity (RFC 8489 §10).
    /// </summary>
    public bool TryGetAlternateServer(out Endpoint server, out ReadOnlySpan<byte> domain)
    {
        if (!TryGetText(StunAttributeType.AlternateDomain, out domain))
        {
            domain = default;
        }

        return TryGetAddress(StunAttributeType.AlternateServer, out server) && server.Port != 0;
    }

    /// <summary>UNKNOWN-ATTRIBUTES (RFC 8489 §14.13); returns how many fitted, -1 where it is absent or malformed.</summary>
    public int ReadUnknownAttributes(Span<StunAttributeType> types)
    {
        if (!TryGet(StunAttributeType.UnknownAttributes, out var value) || value.Length % 2 != 0)
        {
            return -1;
        }

        var count = Math.Min(types.Length, value.Length / 2);
        for (var i = 0; i < count; i++)
        {
            types[i] = (StunAttributeType)BinaryPrimitives.ReadUInt16BigEndian(value[(2 * i)..]);
        }

        return count;
    }

    /// <summary>ADDRESS-ERROR-CODE (RFC 8656 §18.12): why one of two families was not allocated.</summary>
    public bool TryGetAddressErrorCode(out byte family, out int code, out ReadOnlySpan<byte> reason)
    {
        (family, code) = (0, 0);
        if (!TryGet(StunAttributeType.AddressErrorCode, out reason) || reason.Length < 4 || reason[0] is not (1 or 2))
        {
            return false;
        }

        family = reason[0];
        return TryReadError(ref reason, out code);
    }

    /// <summary>ICMP (RFC 8656 §18.13): what a relay heard of a peer.</summary>
    public bool TryGetIcmp(out byte type, out ushort code, out uint data)
    {
        (type, code, data) = (0, 0, 0);
        if (!TryGet(StunAttributeType.Icmp, out var value) || value.Length != 8)
        {
            return false;
        }

        type = (byte)(value[2] >> 1);
        code = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(value[2..]) & 0x1FF);
        data = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
        return true;
    }

    /// <summary>TRANSACTION_TRANSMIT_COUNTER (RFC 7982): how often the request and its response were sent.</summary>
    public bool TryGetTransmitCounter(out byte requests, out byte responses)
    {
        (requests, responses) = (0, 0);
        if (!TryGet(StunAttributeType.TransactionTransmitCounter, out var value) || value.Length != 4)
        {
            return false;
        }

        (requests, responses) = (value[2], value[3]);
        return true;
    }

    private static bool TryReadError(ref ReadOnlySpan<byte> value, out int code)
    {
        code = 0;
        if (value.Length < 4 || (value[2] & 7) is < 3 or > 6 || value[3] > 99)
        {
            value = default;
            return false;
        }

        code = ((value[2] & 7) * 100) + value[3];
        value = value[4..];
        return true;
    }
}
