using System.Net;
using System.Net.Sockets;
using Postern.Net.Tests.Networks;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;
using Postern.Server.Relay;

namespace Postern.Net.Tests.Turn;

/// <summary>Our relay on loopback with coturn's echoing peer beside it. Loopback peers are allowed, as in any laboratory.</summary>
internal sealed class LoopbackRelay : IAsyncDisposable
{
    public const string Secret = "north";

    private readonly Background _peer;

    public LoopbackRelay()
    {
        var port = FreePort();
        Driver = RelayDriver.Start(new()
        {
            Listen = [Endpoint.Parse($"127.0.0.1:{port}"), Endpoint.Parse($"127.0.0.2:{port}")],
            SecondPort = 0,
            Users = new JoinedUsers(new FixedUsers("postern", [("user", "pass")]), new TurnRestUsers(Secret)),
            Peers = new PeerPolicy(allow: [IpPrefix.Parse("127.0.0.0/8")]),
            TakesOldChannels = true, // coturn 4.6.1's client draws channels from RFC 5766's range
        });
        PeerPort = FreePort();
        _peer = new("turnutils_peer", ["-L", "127.0.0.1", "-p", $"{PeerPort}", "-v"]);
    }

    public RelayDriver Driver { get; }

    public int PeerPort { get; }

    public int Port => Driver.Endpoints[0].Port;

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _peer.Dispose();
        await Driver.DisposeAsync();
    }
}
