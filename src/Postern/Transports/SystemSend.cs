using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Postern.Transports;

/// <summary>Linux' own sendto(2), for its errors: .NET has one word for EPERM and EACCES.</summary>
internal static unsafe partial class SystemSend
{
    private const int DoNotWait = 0x40, NoSignal = 0x4000; // MSG_DONTWAIT, MSG_NOSIGNAL

    /// <summary>EPERM: this computer's own firewall lets nothing out there.</summary>
    private const int NotPermitted = 1;

    /// <summary>Each error that is reported of an earlier datagram costs a try, and reading one brings up the next.</summary>
    private const int Tries = 4;

    /// <summary>Sends in spite of errors of earlier datagrams. True where this computer's own firewall refuses.</summary>
    public static bool IsRefused(Socket socket, ReadOnlySpan<byte> datagram, SocketAddress destination)
    {
        fixed (byte* bytes = datagram, address = destination.Buffer.Span)
        {
            for (var i = 0; i < Tries; i++)
            {
                if (Send(socket.SafeHandle, bytes, (nuint)datagram.Length, DoNotWait | NoSignal, address, (uint)destination.Size) >= 0)
                {
                    return false;
                }

                if (Marshal.GetLastPInvokeError() == NotPermitted)
                {
                    return true;
                }
            }
        }

        return false;
    }

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint Send(SafeSocketHandle socket, byte* datagram, nuint length, int flags, byte* address, uint addressLength);
}
