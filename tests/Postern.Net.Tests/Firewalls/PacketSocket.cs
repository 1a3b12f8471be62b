using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Postern.Net.Tests.Firewalls;

/// <summary>
/// Frames of one interface as they are (packet(7)): sends what no stack would, and sees what leaves the other end of the cable. It
/// belongs to the namespace that it is opened in.
/// </summary>
internal sealed partial class PacketSocket : IDisposable
{
    private const int Family = 17; // AF_PACKET
    private const int Raw = 3; // SOCK_RAW
    private const int EveryProtocol = 0x0003; // ETH_P_ALL
    private const int SocketLevel = 1;
    private const int ForcedReceiveBuffer = 33; // SO_RCVBUFFORCE
    private const int DoNotWait = 0x40; // MSG_DONTWAIT
    private const int BufferBytes = 64 << 20;
    private const int Outgoing = 4; // PACKET_OUTGOING: our own

    private readonly int _socket;

    public PacketSocket(string interfaceName)
    {
        _socket = Open(Family, Raw, BinaryPrimitives.ReverseEndianness((ushort)EveryProtocol));
        var index = IndexOf(interfaceName);
        if (_socket < 0 || index == 0)
        {
            throw new InvalidOperationException($"No packet socket on {interfaceName}: error {Marshal.GetLastPInvokeError()}");
        }

        var size = BufferBytes;
        _ = SetOption(_socket, SocketLevel, ForcedReceiveBuffer, ref size, sizeof(int));
        Span<byte> address = stackalloc byte[20]; // sockaddr_ll
        BitConverter.TryWriteBytes(address, (ushort)Family);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], EveryProtocol);
        BitConverter.TryWriteBytes(address[4..], index);
        if (Bind(_socket, ref MemoryMarshal.GetReference(address), address.Length) != 0)
        {
            throw new InvalidOperationException($"bind to {interfaceName}: error {Marshal.GetLastPInvokeError()}");
        }
    }

    public void Send(ReadOnlySpan<byte> frame)
    {
        if (SendBytes(_socket, ref MemoryMarshal.GetReference(frame), frame.Length, 0) != frame.Length)
        {
            throw new InvalidOperationException($"send: error {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>A frame that came from the other end; 0 where none waits.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="own">Whether frames that went out here count too, as on the loopback.</param>
    public int Receive(Span<byte> buffer, bool own = false)
    {
        Span<byte> address = stackalloc byte[20];
        while (true)
        {
            var length = address.Length;
            var count = ReceiveBytes(_socket, ref MemoryMarshal.GetReference(buffer), buffer.Length, DoNotWait, ref MemoryMarshal.GetReference(address), ref length);
            if (count <= 0 || own || address[10] != Outgoing)
            {
                return Math.Max(0, (int)count);
            }
        }
    }

    public void Dispose() => _ = Close(_socket);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Open(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, ref byte address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int socket, int level, int name, ref int value, int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint SendBytes(int socket, ref byte bytes, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveBytes(int socket, ref byte bytes, nint count, int flags, ref byte address, ref int length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int socket);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int IndexOf(string name);
}
