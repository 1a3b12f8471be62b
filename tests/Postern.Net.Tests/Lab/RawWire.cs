using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Postern.Lab.Packets;
using Postern.Net.Tests.Networks;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Lab;

/// <summary>Packets of UDP, TCP and ICMP echo by hand, from and to one address of a laboratory's host, beside the host's own stack.</summary>
internal sealed class RawWire : IDisposable
{
    private const byte TimeToLive = 63; // by which ours are told from the host's own
    private const int TcpChecksumAt = 16;
    private const int UdpChecksumAt = 6;
    private const int IcmpChecksumAt = 2;
    private const int LargestPacket = 2048;

    // The host knows nothing of our flows, and would refuse them aloud.
    private const string Mute = """
        table inet mute {
            chain output {
                type filter hook output priority filter; policy accept;
                ip ttl 64 tcp flags & rst == rst drop
                icmp type destination-unreachable drop
            }
        }
        """;

    private readonly Socket _socket;
    private readonly Transport _transport;
    private readonly byte[] _buffer = new byte[LargestPacket];

    public RawWire(LabRun lab, string host, IpAddress local, Transport transport)
    {
        _transport = transport;
        var protocol = transport switch { Transport.Udp => ProtocolType.Udp, Transport.Tcp => ProtocolType.Tcp, _ => ProtocolType.Icmp };
        _socket = lab.Inside(host, () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, protocol) { Ttl = TimeToLive, ReceiveBufferSize = 1 << 20 };
            socket.Bind(new IPEndPoint(local.ToIPAddress(), 0));
            return socket;
        });
    }

    /// <summary>Once for each host: its own stack keeps silent from now on.</summary>
    public static void Silence(LabRun lab, string host)
    {
        Shell.Run("ip", ["netns", "exec", lab.Namespace(host), "nft", "-f", "-"], Mute);
        Shell.Run("ip", ["netns", "exec", lab.Namespace(host), "sysctl", "-q", "-w", "net.ipv4.icmp_echo_ignore_all=1"]);
    }

    /// <param name="header">What is sent.</param>
    /// <param name="isReply">Of echoes: the answer.</param>
    public void Send(in PacketHeader header, bool isReply)
    {
        while (_socket.Available > 0)
        {
            _socket.Receive(_buffer); // what came late is nobody's answer
        }

        _socket.SendTo(Body(header, isReply), new IPEndPoint(header.Destination.Address.ToIPAddress(), 0));
    }

    /// <summary>The next packet of that kind; null where none comes within the time.</summary>
    public PacketHeader? Receive(Func<PacketHeader, bool> isAwaited, int milliseconds)
    {
        var until = Environment.TickCount64 + milliseconds;
        while (_socket.Poll(TimeSpan.FromMilliseconds(Math.Max(0, until - Environment.TickCount64)), SelectMode.SelectRead))
        {
            var length = _socket.Receive(_buffer);
            if (IpPacket.TryRead(_buffer.AsSpan(0, length), out var header, out _) == PacketFault.None && header.Transport == _transport && isAwaited(header))
            {
                return header;
            }
        }

        return null;
    }

    public void Dispose() => _socket.Dispose();

    private static byte[] Body(in PacketHeader header, bool isReply) => header.Transport switch
    {
        Transport.Udp => Udp(header),
        Transport.Tcp => Tcp(header),
        _ => Echo(isReply ? header.Destination.Port : header.Source.Port, isReply),
    };

    private static byte[] Udp(in PacketHeader header)
    {
        var body = new byte[8];
        WritePorts(header, body);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(4), (ushort)body.Length);
        return Sealed(body, UdpChecksumAt, PseudoHeader(header, IPProtocol.Udp, body.Length));
    }

    private static byte[] Tcp(in PacketHeader header)
    {
        var body = new byte[20];
        WritePorts(header, body);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(4), header.Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(8), header.Acknowledgement);
        (body[12], body[13]) = (5 << 4, (byte)header.Flags);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(14), 8192);
        return Sealed(body, TcpChecksumAt, PseudoHeader(header, IPProtocol.Tcp, body.Length));
    }

    private static byte[] Echo(ushort identifier, bool isReply) =>
        Sealed([(byte)(isReply ? 0 : 8), 0, 0, 0, (byte)(identifier >> 8), (byte)identifier, 0, 1], IcmpChecksumAt, 0);

    private static void WritePorts(in PacketHeader header, Span<byte> body)
    {
        BinaryPrimitives.WriteUInt16BigEndian(body, header.Source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], header.Destination.Port);
    }

    private static uint PseudoHeader(in PacketHeader header, IPProtocol protocol, int length)
    {
        var (source, destination) = (header.Source.Address.V4, header.Destination.Address.V4);
        return (source >> 16) + (ushort)source + (destination >> 16) + (ushort)destination + (uint)protocol + (uint)length;
    }

    /// <summary>With its checksum (RFC 1071).</summary>
    private static byte[] Sealed(byte[] body, int checksumAt, uint sum)
    {
        for (var at = 0; at < body.Length; at += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(at));
        }

        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(checksumAt), (ushort)~sum);
        return body;
    }

    private enum IPProtocol : byte
    {
        Tcp = 6,
        Udp = 17,
    }
}
