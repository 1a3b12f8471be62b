using System.Net;
using System.Net.Sockets;

namespace Postern.Net.Tests.Firewalls;

/// <summary>Sends packets of the host itself, headers included. It belongs to the namespace that it is opened in.</summary>
internal sealed class RawSender : IDisposable
{
    private const ProtocolType RawHeader = ProtocolType.Raw; // IPPROTO_RAW: the header is ours (raw(7))

    private readonly Socket _four = new(AddressFamily.InterNetwork, SocketType.Raw, RawHeader);
    private readonly Socket _six = new(AddressFamily.InterNetworkV6, SocketType.Raw, RawHeader);

    public void Send(byte[] packet, IPAddress destination)
    {
        try
        {
            (destination.AddressFamily == AddressFamily.InterNetwork ? _four : _six).SendTo(packet, new IPEndPoint(destination, 0));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AccessDenied or SocketError.OperationNotSupported || e.NativeErrorCode == 1)
        {
            // EPERM: the firewall refused it, which is what is to be seen.
        }
    }

    public void Dispose()
    {
        _four.Dispose();
        _six.Dispose();
    }
}
