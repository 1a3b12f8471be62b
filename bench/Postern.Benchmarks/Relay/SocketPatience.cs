using System.Net.Sockets;

namespace Postern.Benchmarks.Relay;

/// <summary>Receiving that gives up.</summary>
internal static class SocketPatience
{
    /// <summary>False where nothing comes within the socket's timeout, or the other side is not there yet.</summary>
    public static bool TryReceive(this Socket socket, byte[] buffer, out int length)
    {
        try
        {
            length = socket.Receive(buffer);
            return true;
        }
        catch (SocketException)
        {
            length = 0;
            return false;
        }
    }
}
