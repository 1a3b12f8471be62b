using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Postern.Protocol.Net;

namespace Postern.Transports;

/// <summary>
/// What ICMP says about datagrams of a UDP socket, from Linux' error queue (ip(7), IP_RECVERR): .NET has no way to it. The kernel
/// matches the quoted datagram's source with the socket; whether it was ever sent is for others to judge. Elsewhere there is none.
/// </summary>
internal static unsafe partial class ErrorQueue
{
    private const int LevelV4 = 0, LevelV6 = 41; // IPPROTO_IP, IPPROTO_IPV6
    private const int ReceiveErrorsV4 = 11, ReceiveErrorsV6 = 25; // IP_RECVERR, IPV6_RECVERR
    private const int FromErrorQueue = 0x2000, DoNotWait = 0x40; // MSG_ERRQUEUE, MSG_DONTWAIT
    private const int ErrorBytes = 16; // struct sock_extended_err; the address of who says so follows it
    private const int MostAtOnce = 64;
    private const ushort FamilyV4 = 2, FamilyV6 = 10;

    /// <summary>From now on the kernel keeps what ICMP says about this socket's datagrams.</summary>
    public static void Open(Socket socket)
    {
        if (OperatingSystem.IsLinux())
        {
            var isV4 = socket.AddressFamily == AddressFamily.InterNetwork;
            socket.SetRawSocketOption(isV4 ? LevelV4 : LevelV6, isV4 ? ReceiveErrorsV4 : ReceiveErrorsV6, BitConverter.GetBytes(1));
        }
    }

    /// <summary>Takes the next "administratively prohibited", and forgets what else stands before it. False where there is none.</summary>
    /// <param name="socket">Whose.</param>
    /// <param name="destination">Of the datagram that was refused.</param>
    /// <param name="reporter">Who says so.</param>
    public static bool TryTake(Socket socket, out Endpoint destination, out IpAddress reporter)
    {
        (destination, reporter) = (Endpoint.None, IpAddress.Any);
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        Span<byte> name = stackalloc byte[28], control = stackalloc byte[256];
        for (var i = 0; i < MostAtOnce; i++)
        {
            if (!Receive(socket, name, control, out var length))
            {
                return false;
            }

            if (IsProhibition(control[..length], out reporter))
            {
                destination = Read(name);
                return destination != Endpoint.None;
            }
        }

        return false;
    }

    private static bool Receive(Socket socket, Span<byte> name, Span<byte> control, out int length)
    {
        byte one;
        fixed (byte* names = name, controls = control)
        {
            var part = new Part { Base = &one, Length = 1 };
            var message = new Message { Name = names, NameLength = (uint)name.Length, Parts = &part, PartCount = 1, Control = controls, ControlLength = (nuint)control.Length };
            var received = Receive(socket.SafeHandle, &message, FromErrorQueue | DoNotWait);
            length = (int)message.ControlLength;
            return received >= 0;
        }
    }

    /// <summary>RFC 1812 §5.2.7.1: network, host or communication administratively prohibited; RFC 4443 §3.1: code 1.</summary>
    private static bool IsProhibition(ReadOnlySpan<byte> control, out IpAddress reporter)
    {
        reporter = IpAddress.Any;
        var header = sizeof(nuint) + (2 * sizeof(int)); // struct cmsghdr
        while (control.Length >= header + ErrorBytes)
        {
            var size = (int)MemoryMarshal.Read<nuint>(control);
            if (size < header || size > control.Length)
            {
                return false;
            }

            var (level, type) = (MemoryMarshal.Read<int>(control[sizeof(nuint)..]), MemoryMarshal.Read<int>(control[(sizeof(nuint) + sizeof(int))..]));
            var body = control[header..size];
            if ((level, type) is (LevelV4, ReceiveErrorsV4) or (LevelV6, ReceiveErrorsV6) && body.Length > ErrorBytes)
            {
                reporter = Read(body[ErrorBytes..]).Address;
                return (body[4], body[5], body[6]) is (2, 3, 9 or 10 or 13) or (3, 1, 1); // origin (SO_EE_ORIGIN_ICMP, _ICMP6), type, code
            }

            control = control[Math.Min(control.Length, (size + sizeof(nuint) - 1) & -sizeof(nuint))..];
        }

        return false;
    }

    /// <summary>A sockaddr; none where it is of another family or too short.</summary>
    private static Endpoint Read(ReadOnlySpan<byte> address) => MemoryMarshal.Read<ushort>(address) switch
    {
        FamilyV4 when address.Length >= 8 => new(IpAddress.FromBytes(address[4..8]), BinaryPrimitives.ReadUInt16BigEndian(address[2..])),
        FamilyV6 when address.Length >= 24 => new(IpAddress.FromBytes(address[8..24]), BinaryPrimitives.ReadUInt16BigEndian(address[2..])),
        _ => Endpoint.None,
    };

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint Receive(SafeSocketHandle socket, Message* message, int flags);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Part
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary>struct msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public byte* Name;
        public uint NameLength;
        public Part* Parts;
        public nuint PartCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
