using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Postern.Server.Switchboard;

/// <summary>The socket that connections are accepted from, which inherit what is set on it.</summary>
internal static class ListeningSocket
{
    private const int Tcp = 6, NotSentLowAt = 25; // IPPROTO_TCP, TCP_NOTSENT_LOWAT (tcp(7))

    /// <summary>
    /// Bytes of a connection that the kernel takes beyond what is on its way. By itself it takes megabytes: they would wait there behind
    /// a slow line, where the relay's datagrams are better lost, and cost memory for everyone who does not read.
    /// </summary>
    private const int Unsent = 128 << 10;

    public static Socket Bind(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(Tcp, NotSentLowAt, BitConverter.GetBytes(Unsent));
        }

        return socket;
    }
}
