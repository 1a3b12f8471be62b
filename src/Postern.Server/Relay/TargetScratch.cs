using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Net;
using Postern.Transports;

namespace Postern.Server.Relay;

/// <summary>Socket addresses to be written again and again, so that sending allocates nothing. One user at a time.</summary>
internal sealed class TargetScratch
{
    private readonly SocketAddress _v4 = new(AddressFamily.InterNetwork);
    private readonly SocketAddress _v6 = new(AddressFamily.InterNetworkV6);

    public SocketAddress Write(Endpoint target)
    {
        var address = target.IsV4 ? _v4 : _v6;
        target.CopyTo(address);
        return address;
    }
}
