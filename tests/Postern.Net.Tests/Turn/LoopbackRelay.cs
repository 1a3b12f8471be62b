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
        var port = FreePort.Next();
        Driver = RelayDriver.Start(new()
        {
            Listen = [Endpoint.Parse($"127.0.0.1:{port}"), Endpoint.Parse($"127.0.0.2:{port}")],
            SecondPort = 0,
            Users = new JoinedUsers(new FixedUsers("postern", [("user", "pass")]), new TurnRestUsers(Secret)),
            Peers = new PeerPolicy(allow: [IpPrefix.Parse("127.0.0.0/8")]),
            TakesOldChannels = true, // coturn 4.6.1's client draws channels from RFC 5766's range
        });
        PeerPort = FreePort.Next(2); // it takes the next one too
        _peer = new("turnutils_peer", ["-L", "127.0.0.1", "-p", $"{PeerPort}", "-v"]);
    }

    public RelayDriver Driver { get; }

    public int PeerPort { get; }

    public int Port => Driver.Endpoints[0].Port;

    public async ValueTask DisposeAsync()
    {
        _peer.Dispose();
        await Driver.DisposeAsync();
    }
}
