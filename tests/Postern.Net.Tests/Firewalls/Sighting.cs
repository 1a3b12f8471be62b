using System.Buffers.Binary;
using System.Net;

namespace Postern.Net.Tests.Firewalls;

/// <summary>What came of a packet.</summary>
internal enum Fate
{
    Dropped,
    Passed,

    /// <summary>Answered with a TCP reset.</summary>
    Reset,

    /// <summary>Answered with ICMP "port unreachable".</summary>
    Unreachable,

    /// <summary>Answered with ICMP "host unreachable" or "prohibited".</summary>
    Prohibited,
}

/// <summary>A packet as it was seen behind the firewall, or the answer to it.</summary>
/// <param name="Number">As <see cref="PacketBytes"/> gave it.</param>
/// <param name="Source">Of a packet that passed; null otherwise.</param>
/// <param name="Destination">See <paramref name="Source"/>.</param>
/// <param name="Port">The destination's.</param>
internal sealed record Sighting(ushort Number, Fate Fate, IPAddress? Source = null, IPAddress? Destination = null, ushort Port = 0)
{
    private const byte Tcp = 6;
    private const byte ResetFlag = 0x04;

    /// <summary>Null for frames that are none of ours.</summary>
    public static Sighting? Read(ReadOnlySpan<byte> frame)
    {
        var ip = frame.Length < 34 ? default : frame[14..];
        return frame.Length < 34 ? null : BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) switch
        {
            0x0800 => Read(ip, (ip[0] & 15) * 4, ip[9], BinaryPrimitives.ReadUInt16BigEndian(ip[4..]), ip[12..16], ip[16..20]),
            0x86DD when ip.Length >= 48 => Read(ip, 40, ip[6], BinaryPrimitives.ReadUInt16BigEndian(ip[2..]), ip[8..24], ip[24..40]),
            _ => null,
        };
    }

    private static Sighting? Read(ReadOnlySpan<byte> ip, int header, byte protocol, ushort number, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination)
    {
        var body = ip[header..];
        if (protocol == Tcp && (body[13] & ResetFlag) != 0)
        {
            return new((ushort)(BinaryPrimitives.ReadUInt32BigEndian(body[8..]) - 1 - PacketBytes.PayloadBytes), Fate.Reset); // the SYN counts as one
        }

        return (protocol, body[0], body[1]) switch
        {
            (1, 3, 3) => new(BinaryPrimitives.ReadUInt16BigEndian(body[12..]), Fate.Unreachable),
            (58, 1, 4) => new(BinaryPrimitives.ReadUInt16BigEndian(body[10..]), Fate.Unreachable),
            (1, 3, 1 or 10 or 13) => new(BinaryPrimitives.ReadUInt16BigEndian(body[12..]), Fate.Prohibited),
            (58, 1, 1 or 3) => new(BinaryPrimitives.ReadUInt16BigEndian(body[10..]), Fate.Prohibited),
            (1, 3 or 5 or 11, _) or (58, < 128 or (>= 130 and < 139) or 143, _) => null,
            _ => new(number, Fate.Passed, new(source), new(destination), protocol is 6 or 17 or 132 or 136 ? BinaryPrimitives.ReadUInt16BigEndian(body[2..]) : (ushort)0),
        };
    }
}
