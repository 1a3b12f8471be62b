using System.Net.Sockets;
using Postern.Lab.Namespaces.Kernel;

namespace Postern.Lab.Namespaces.Tracing;

/// <summary>A connection to a TUN router that tells what happens in it.</summary>
public static class RouterWatch
{
    /// <summary>Lines of JSON: mappings, drops, alarms.</summary>
    public static Stream Events(string lab, string router) => Connect(RouterTap.EventsSocket(LabNames.Folder(lab), router), router);

    /// <summary>A pcapng stream of both sides.</summary>
    public static Stream Packets(string lab, string router) => Connect(RouterTap.PacketsSocket(LabNames.Folder(lab), router), router);

    private static NetworkStream Connect(string path, string router)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new LabException($"The router '{router}' does not run any more; 'postern lab down' clears it away.", e);
        }
    }
}
