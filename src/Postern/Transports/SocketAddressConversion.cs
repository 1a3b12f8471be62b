using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Net;

namespace Postern.Transports;

/// <summary>Between <see cref="Endpoint"/> and the kernel's sockaddr_in and sockaddr_in6, without allocation.</summary>
/// <remarks><code>
/// sockaddr_in:  family (2) | port (2, network order) | address (4)
/// sockaddr_in6: family (2) | port (2, network order) | flow (4) | address (16) | scope (4)
/// </code></remarks>
internal static class SocketAddressConversion
{
    public static void CopyTo(this Endpoint endpoint, SocketAddress address)
    {
        var bytes = address.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], endpoint.Port);
        if (address.Family == AddressFamily.InterNetwork)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], endpoint.Address.V4);
            return;
        }

        bytes[4..8].Clear();
        BinaryPrimitives.WriteUInt128BigEndian(bytes[8..], endpoint.Address.Bits);
        bytes[24..28].Clear();
    }

    public static Endpoint ToEndpoint(this SocketAddress address)
    {
        var bytes = address.Buffer.Span;
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return address.Family == AddressFamily.InterNetwork
            ? new(IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..])), port)
            : new(IpAddress.FromBytes(bytes.Slice(8, 16)), port);
    }
}
