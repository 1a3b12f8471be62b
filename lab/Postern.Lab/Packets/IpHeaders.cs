using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Lab.Packets;

/// <summary>IPv4 (RFC 791 §3.1) and IPv6 with its extension headers (RFC 8200 §3 and §4), as far as the way to the transport.</summary>
internal static class IpHeaders
{
    private const int MostExtensions = 8; // a chain that is longer is nobody's honest packet

    /// <param name="packet">Begins with the IP header.</param>
    /// <param name="isQuoted">In an ICMP error: what is quoted may end early, and its length tells what it once was.</param>
    /// <param name="shape">Where what lies.</param>
    /// <param name="addresses">Of both ends.</param>
    public static PacketFault TryRead(ReadOnlySpan<byte> packet, bool isQuoted, out PacketShape shape, out (IpAddress Source, IpAddress Destination) addresses)
    {
        (shape, addresses) = (default, default);
        return packet.IsEmpty ? PacketFault.Truncated : (packet[0] >> 4) switch
        {
            4 => TryReadV4(packet, isQuoted, ref shape, ref addresses),
            6 => TryReadV6(packet, isQuoted, ref shape, ref addresses),
            _ => PacketFault.NotIp,
        };
    }

    /// <summary>Changes addresses and time to live; returns what a checksum over the addresses has to learn.</summary>
    public static ChecksumChange Write(Span<byte> packet, bool isV4, IpAddress source, IpAddress destination, byte? timeToLive)
    {
        var change = default(ChecksumChange);
        if (!isV4)
        {
            packet[7] = timeToLive ?? packet[7];
            SetAddress(packet, 8, source, ref change);
            SetAddress(packet, 24, destination, ref change);
            return change;
        }

        SetAddress(packet, 12, source, ref change);
        SetAddress(packet, 16, destination, ref change);
        var ofHeader = change;
        if (timeToLive is { } value)
        {
            IpPacket.SetWord(packet, 8, (ushort)((value << 8) | packet[9]), ref ofHeader);
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], ofHeader.ApplyTo(IpPacket.Word(packet, 10)));
        return change;
    }

    private static PacketFault TryReadV4(ReadOnlySpan<byte> packet, bool isQuoted, ref PacketShape shape, ref (IpAddress, IpAddress) addresses)
    {
        if (packet.Length < IpPacket.V4Header)
        {
            return PacketFault.Truncated;
        }

        var headerLength = (packet[0] & 15) * 4;
        int length = isQuoted ? packet.Length : IpPacket.Word(packet, 2);
        if (headerLength < IpPacket.V4Header || length < headerLength)
        {
            return PacketFault.WrongLength;
        }

        if (packet.Length < length)
        {
            return PacketFault.Truncated;
        }

        var fragment = IpPacket.Word(packet, 6);
        addresses = (IpAddress.FromBytes(packet[12..16]), IpAddress.FromBytes(packet[16..20]));
        shape = new()
        {
            IsV4 = true,
            Length = length,
            TransportAt = headerLength,
            Protocol = packet[9],
            FragmentId = IpPacket.Word(packet, 4),
            FragmentOffset = IpPacket.FragmentOffset(fragment),
            HasMoreFragments = (fragment & 0x2000) != 0,
        };
        return PacketFault.None;
    }

    private static PacketFault TryReadV6(ReadOnlySpan<byte> packet, bool isQuoted, ref PacketShape shape, ref (IpAddress, IpAddress) addresses)
    {
        if (packet.Length < IpPacket.V6Header)
        {
            return PacketFault.Truncated;
        }

        var length = isQuoted ? packet.Length : IpPacket.V6Header + IpPacket.Word(packet, 4);
        if (packet.Length < length)
        {
            return PacketFault.Truncated;
        }

        addresses = (IpAddress.FromBytes(packet[8..24]), IpAddress.FromBytes(packet[24..40]));
        if (addresses.Item1.IsV4 || addresses.Item2.IsV4)
        {
            return PacketFault.MappedAddress;
        }

        shape = new() { Length = length, TransportAt = IpPacket.V6Header, Protocol = packet[6] };
        for (var i = 0; i < MostExtensions; i++)
        {
            if (!IsExtension(shape.Protocol))
            {
                return PacketFault.None;
            }

            if (shape.TransportAt + 8 > length)
            {
                return PacketFault.Truncated;
            }

            shape = Beyond(packet[shape.TransportAt..], shape);
            if (shape.TransportAt > length)
            {
                return PacketFault.WrongLength;
            }

            if (shape.IsLaterFragment)
            {
                return PacketFault.None; // what follows is data, whatever it looks like
            }
        }

        return PacketFault.OtherTransport;
    }

    private static bool IsExtension(byte header) =>
        header is IpNumbers.HopByHop or IpNumbers.Routing or IpNumbers.Fragment or IpNumbers.DestinationOptions;

    private static PacketShape Beyond(ReadOnlySpan<byte> extension, PacketShape shape) => shape.Protocol == IpNumbers.Fragment
        ? shape with
        {
            Protocol = extension[0],
            TransportAt = shape.TransportAt + 8,
            FragmentOffset = IpPacket.Word(extension, 2) & ~7, // RFC 8200 §4.5: the offset stands three bits up, so it is in bytes as it stands
            HasMoreFragments = (extension[3] & 1) != 0,
            FragmentId = BinaryPrimitives.ReadUInt32BigEndian(extension[4..]),
        }
        : shape with { Protocol = extension[0], TransportAt = shape.TransportAt + (8 * (extension[1] + 1)) };

    private static void SetAddress(Span<byte> packet, int at, IpAddress address, ref ChecksumChange change)
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = address.Write(bytes);
        for (var i = 0; i < length; i += 2)
        {
            IpPacket.SetWord(packet, at + i, IpPacket.Word(bytes, i), ref change);
        }
    }
}
