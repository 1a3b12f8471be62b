using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning;

/// <summary>Numbers and addresses in ASCII, read without allocation.</summary>
internal static class ByteText
{
    /// <summary>Decimal digits and nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryNumber(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        if (text.IsEmpty || text.Length > 18)
        {
            return false;
        }

        foreach (var octet in text)
        {
            var digit = (uint)(octet - '0');
            if (digit > 9)
            {
                return false;
            }

            number = (number * 10) + digit;
        }

        return true;
    }

    public static bool TryPort(ReadOnlySpan<byte> text, out ushort port)
    {
        var isPort = TryNumber(text, out var number) && number <= ushort.MaxValue;
        port = isPort ? (ushort)number : (ushort)0;
        return isPort;
    }

    /// <summary>A port that stands within a line: the eight bytes that end with it are taken as one number, whatever its length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryPort(ReadOnlySpan<byte> line, int start, int end, out ushort port)
    {
        const ulong zeros = 0x3030_3030_3030_3030;
        var length = end - start;
        if (end < sizeof(ulong) || length is < 1 or > 7)
        {
            return TryPort(line[start..end], out port);
        }

        var before = ulong.MaxValue >> (8 * length); // the bytes that are not the number's
        var digits = (BinaryPrimitives.ReadUInt64LittleEndian(line[(end - sizeof(ulong))..]) & ~before) | (zeros & before);
        var areDigits = (((digits + 0x4646_4646_4646_4646) | (digits - zeros)) & 0x8080_8080_8080_8080) == 0;
        var number = Number(digits - zeros);
        port = (ushort)number;
        return areDigits && number <= ushort.MaxValue;
    }

    /// <summary>The port that a text begins with, where another sign than a digit follows and the text has eight bytes; else false.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryPortFront(ReadOnlySpan<byte> text, out ushort port, out int length)
    {
        const ulong zeros = 0x3030_3030_3030_3030;
        (port, length) = (0, 0);
        if (text.Length < sizeof(ulong))
        {
            return false;
        }

        var signs = BinaryPrimitives.ReadUInt64LittleEndian(text);
        var others = ((signs + 0x4646_4646_4646_4646) | (signs - zeros)) & 0x8080_8080_8080_8080; // right up to the first that is no digit
        length = BitOperations.TrailingZeroCount(others) >> 3;
        if (length is < 1 or > 7)
        {
            return false;
        }

        var number = Number((signs - zeros) << (64 - (8 * length)));
        port = (ushort)number;
        return number <= ushort.MaxValue;
    }

    /// <summary>"tcp", "UDP", "ICMPv6", "17" …; false for what has neither a known name nor a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryProtocol(ReadOnlySpan<byte> text, out IpProtocol protocol)
    {
        protocol = text.SequenceEqual("TCP"u8) ? IpProtocol.Tcp : text.SequenceEqual("UDP"u8) ? IpProtocol.Udp : default; // nearly all
        if (protocol != default)
        {
            return true;
        }

        if (TryNumber(text, out var number))
        {
            protocol = (IpProtocol)number;
            return number is > 0 and <= byte.MaxValue;
        }

        if (text.Length is < 2 or > 10)
        {
            return false;
        }

        Span<byte> lower = stackalloc byte[10];
        for (var i = 0; i < text.Length; i++)
        {
            lower[i] = (byte)(text[i] | 0x20);
        }

        protocol = Named(lower[..text.Length]);
        return protocol != IpProtocol.Any;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryAddress(ReadOnlySpan<byte> text, out IpVersion version, out UInt128 address)
    {
        version = IpVersion.V4;
        if (DottedQuad.TryRead(text, out var value))
        {
            address = value;
            return true;
        }

        version = IpVersion.V6;
        if (!TryIpv6(text, out address))
        {
            return false;
        }

        if (address >> 32 == 0xFFFF) // ::ffff:a.b.c.d (RFC 4291 §2.5.5.2)
        {
            (version, address) = (IpVersion.V4, (uint)address);
        }

        return true;
    }

    /// <summary>Of eight digits, the first in the lowest byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Number(ulong digits)
    {
        digits = (digits * 10) + (digits >> 8); // each second byte: two digits
        return (((digits & 0x0000_00FF_0000_00FF) * 0x000F_4240_0000_0064) + (((digits >> 16) & 0x0000_00FF_0000_00FF) * 0x0000_2710_0000_0001)) >> 32;
    }

    private static IpProtocol Named(ReadOnlySpan<byte> lower) =>
        lower.SequenceEqual("tcp"u8) ? IpProtocol.Tcp
        : lower.SequenceEqual("udp"u8) ? IpProtocol.Udp
        : lower.SequenceEqual("icmp"u8) ? IpProtocol.Icmp
        : lower.SequenceEqual("icmpv6"u8) || lower.SequenceEqual("ipv6-icmp"u8) || lower.SequenceEqual("icmp6"u8) ? IpProtocol.Icmp6
        : lower.SequenceEqual("igmp"u8) ? IpProtocol.Igmp
        : lower.SequenceEqual("sctp"u8) ? IpProtocol.Sctp
        : lower.SequenceEqual("udplite"u8) ? IpProtocol.UdpLite
        : lower.SequenceEqual("gre"u8) ? IpProtocol.Gre
        : lower.SequenceEqual("esp"u8) ? IpProtocol.Esp
        : lower.SequenceEqual("ah"u8) ? IpProtocol.Ah
        : lower.SequenceEqual("ipv6"u8) ? IpProtocol.Ipv6InIp
        : IpProtocol.Any;

    /// <summary>RFC 4291 §2.2, all three forms; a zone behind a percent sign is left off.</summary>
    private static bool TryIpv6(ReadOnlySpan<byte> text, out UInt128 address)
    {
        address = default;
        var percent = text.IndexOf((byte)'%');
        text = percent < 0 ? text : text[..percent];
        Span<ushort> parts = stackalloc ushort[8];
        int count = 0, gap = -1;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            text = text[2..];
        }

        while (!text.IsEmpty)
        {
            var colon = text.IndexOf((byte)':');
            var part = colon < 0 ? text : text[..colon];
            if (colon < 0 && DottedQuad.TryRead(part, out var tail) && count <= 6)
            {
                (parts[count], parts[count + 1]) = ((ushort)(tail >> 16), (ushort)tail);
                count += 2;
                break;
            }

            if (count == 8 || !TryHex(part, out parts[count]))
            {
                return false;
            }

            count++;
            text = colon < 0 ? [] : text[(colon + 1)..];
            if (colon >= 0 && (text.IsEmpty || text[0] == ':'))
            {
                if (gap >= 0 || text.IsEmpty)
                {
                    return false;
                }

                gap = count;
                text = text[1..];
            }
        }

        return TryFill(parts, count, gap, out address);
    }

    private static bool TryFill(Span<ushort> parts, int count, int gap, out UInt128 address)
    {
        address = default;
        if (gap < 0 ? count != 8 : count > 7)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        for (var i = 0; i < count; i++)
        {
            var at = gap < 0 || i < gap ? i : 8 - count + i;
            BinaryPrimitives.WriteUInt16BigEndian(bytes[(2 * at)..], parts[i]);
        }

        address = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return true;
    }

    private static bool TryHex(ReadOnlySpan<byte> text, out ushort value)
    {
        value = 0;
        if (text.Length is 0 or > 4)
        {
            return false;
        }

        foreach (var octet in text)
        {
            var digit = octet is >= (byte)'0' and <= (byte)'9' ? octet - '0' : (octet | 0x20) is >= 'a' and <= 'f' ? (octet | 0x20) - 'a' + 10 : -1;
            if (digit < 0)
            {
                return false;
            }

            value = (ushort)((value << 4) | digit);
        }

        return true;
    }
}
