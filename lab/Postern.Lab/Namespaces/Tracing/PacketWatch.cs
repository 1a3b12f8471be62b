using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Postern.Lab.Namespaces.Kernel;

namespace Postern.Lab.Namespaces.Tracing;

/// <summary>Every IP packet that passes the interfaces of a host or router, by a packet socket inside its network.</summary>
public sealed class PacketWatch : IDisposable
{
    private const AddressFamily PacketFamily = (AddressFamily)65536; // .NET's number for AF_PACKET
    private const ProtocolType EveryProtocol = (ProtocolType)0x0300; // ETH_P_ALL in network order
    private const ushort Ipv4 = 0x0800;
    private const ushort Ipv6 = 0x86DD;
    private const byte Outgoing = 4; // PACKET_OUTGOING
    private const int Patience = 200; // milliseconds until it looks again whether it is to stop
    private const int ReceiveBuffer = 4 << 20;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[65536];
    private readonly SocketAddress _address = new(PacketFamily, SocketAddress.GetMaximumAddressSize(PacketFamily)); // struct sockaddr_ll

    /// <summary>Moves the calling thread into the network; only that thread may then <see cref="Run"/>.</summary>
    public PacketWatch(string lab, string member)
    {
        HostProgram.Enter(lab, member);
        _socket = new Socket(PacketFamily, SocketType.Dgram, EveryProtocol) { ReceiveTimeout = Patience, ReceiveBufferSize = ReceiveBuffer };
    }

    public delegate void Seen(string device, bool isArriving, ReadOnlySpan<byte> packet);

    /// <summary>Shows packets until it is told to stop.</summary>
    public void Run(Seen see, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (!_socket.Poll(TimeSpan.FromMilliseconds(Patience), SelectMode.SelectRead))
            {
                continue;
            }

            _address.Size = SocketAddress.GetMaximumAddressSize(PacketFamily); // the last packet has set it to what it needed
            var length = _socket.ReceiveFrom(_buffer, SocketFlags.None, _address);
            var from = _address.Buffer.Span;
            var protocol = BinaryPrimitives.ReadUInt16BigEndian(from[2..]);
            if (protocol is Ipv4 or Ipv6)
            {
                see(Device(BinaryPrimitives.ReadInt32LittleEndian(from[4..])), from[10] != Outgoing, _buffer.AsSpan(0, length));
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static string Device(int index)
    {
        Span<byte> name = stackalloc byte[16]; // IFNAMSIZ
        return Libc.InterfaceName((uint)index, name) == 0 ? $"{index}" : Marshal.PtrToStringUTF8(MemoryAddress(name))!;
    }

    private static unsafe nint MemoryAddress(Span<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            return (nint)first; // on the stack, which does not move
        }
    }
}
