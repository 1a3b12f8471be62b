using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;
using Postern.Server.Relay;
using Postern.Tests.Kit;

namespace Postern.Tests.Relay;

[Collection(nameof(Alone))]
public class RelayDriverAllocationTests
{
    private const int RoundTrips = 3000;

    [Fact]
    public async Task The_whole_way_through_the_driver_allocates_next_to_nothing()
    {
        await using var relay = RelayDriver.Start(new()
        {
            Listen = [Endpoint.Parse("127.0.0.1:0")],
            Users = new TurnRestUsers("north"),
            Peers = new PeerPolicy(allow: [IpPrefix.Parse("127.0.0.0/8")]),
        });
        using var echo = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        echo.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var peer = LoopbackClient.ToEndpoint((IPEndPoint)echo.LocalEndPoint!);
        using var client = new LoopbackClient(relay.Endpoints[0], "north");
        var relayed = client.Await<TurnEvent.Allocated>(client.Allocation.Allocate).Relayed;
        client.Await<TurnEvent.ChannelBound>(now => client.Allocation.BindChannel(peer, now));
        var target = new IPEndPoint(relayed.Address.ToIPAddress(), relayed.Port).Serialize();
        var payload = new byte[100];
        var buffer = new byte[2048];
        Converse();

        // What earlier tests left running may allocate too: the least of three counts.
        Enumerable.Range(0, 3).Min(_ => Converse()).ShouldBeLessThan(16);

        double Converse()
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < RoundTrips; i++)
            {
                client.Send(payload, peer);
                echo.Receive(buffer);
                echo.SendTo(payload, SocketFlags.None, target);
                client.Receive(out _);
            }

            return (GC.GetTotalAllocatedBytes(precise: true) - before) / (2.0 * RoundTrips);
        }
    }
}
