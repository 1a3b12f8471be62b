using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Net;
using Postern.Protocol.Turn;

namespace Postern.Net.Tests.Turn;

/// <summary>Our client through a real coturn, and through our own relay over real sockets.</summary>
[Trait("part", "net")]
public sealed class TurnAllocationCounterpartTests : IDisposable
{
    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public TurnAllocationCounterpartTests()
    {
        _peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _peer.ReceiveTimeout = 5000;
    }

    private Endpoint Peer => new(IpAddress.Loopback, (ushort)((IPEndPoint)_peer.LocalEndPoint!).Port);

    public void Dispose() => _peer.Dispose();

    [Fact]
    public void Our_client_relays_through_coturn_by_indication_and_by_channel()
    {
        using var server = new SecretCoturn();
        using var client = new SocketAllocation(At(server.Port), SecretCoturn.Secret);
        Converse(client);
    }

    [Fact]
    public async Task Our_client_relays_through_our_relay_by_indication_and_by_channel()
    {
        await using var relay = new LoopbackRelay();
        using var client = new SocketAllocation(relay.Driver.Endpoints[0], LoopbackRelay.Secret);
        Converse(client);
        relay.Driver.Stats.Allocations.ShouldBe(0);
        relay.Driver.Stats.Withheld.ShouldBe(0);
    }

    [Fact]
    public void Coturn_refuses_wrong_credentials_once()
    {
        using var server = new SecretCoturn();
        using var client = new SocketAllocation(At(server.Port), "not the secret");
        client.Machine.Allocate(client.Now);
        client.RunUntil(() => client.Events.Count > 0);
        client.Events[0].ShouldBeOfType<TurnEvent.AllocationFailed>().Code.ShouldBe(401);
    }

    [Fact]
    public void Coturn_s_quota_and_forbidden_peers_are_reported()
    {
        using var server = new SecretCoturn("--user-quota=1", "--denied-peer-ip=10.0.0.0-10.255.255.255");
        using var first = new SocketAllocation(At(server.Port), SecretCoturn.Secret);
        first.Allocate();
        first.Machine.Permit(IpAddress.Parse("10.0.0.1"), first.Now);
        first.Machine.Permit(Peer.Address, first.Now);
        first.RunUntil(() => first.Events.Count == 3);
        first.Events.ShouldContain(new TurnEvent.PermissionRefused(IpAddress.Parse("10.0.0.1"), 403));
        first.Events.ShouldContain(new TurnEvent.PermissionGranted(Peer.Address));

        using var second = new SocketAllocation(At(server.Port), SecretCoturn.Secret);
        second.Machine.Allocate(second.Now);
        second.RunUntil(() => second.Events.Count > 0);
        second.Events[0].ShouldBeOfType<TurnEvent.AllocationFailed>().Code.ShouldBe(486);
    }

    [Fact]
    public void A_nonce_that_grew_stale_at_coturn_costs_one_round_trip()
    {
        using var server = new SecretCoturn("--stale-nonce=1");
        using var client = new SocketAllocation(At(server.Port), SecretCoturn.Secret);
        client.Allocate();
        Thread.Sleep(2500);
        client.Machine.Permit(Peer.Address, client.Now);
        client.Machine.BindChannel(Peer, client.Now);
        client.RunUntil(() => client.Events.Count == 3);
        client.Events[1..].ShouldAllBe(happened => happened is TurnEvent.PermissionGranted || happened is TurnEvent.ChannelBound);
    }

    private static Endpoint At(int port) => new(IpAddress.Loopback, (ushort)port);

    private void Converse(SocketAllocation client)
    {
        var allocated = client.Allocate();
        allocated.Mapped.ShouldBe(client.Machine.Local);
        client.Machine.Permit(Peer.Address, client.Now);
        client.RunUntil(() => client.Events.Count == 2);

        Echo(client, allocated.Relayed, [0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 9]); // like a check: no channel is bound
        client.Events.Count.ShouldBe(2);
        Echo(client, allocated.Relayed, [200, 1, 2, 3]);
        client.RunUntil(() => client.Events.Contains(new TurnEvent.ChannelBound(Peer)));
        Echo(client, allocated.Relayed, [200, 4, 5]);
        Echo(client, allocated.Relayed, new byte[1200]);

        client.Machine.Release(client.Now);
        client.RunUntil(() => client.Events[^1] is TurnEvent.Lost);
        client.Events[^1].ShouldBe(new TurnEvent.Lost(TurnLoss.Released));
    }

    private void Echo(SocketAllocation client, Endpoint relayed, byte[] payload)
    {
        client.Send(payload, Peer);
        var buffer = new byte[2048];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        var length = _peer.ReceiveFrom(buffer, ref from);
        from.ToString().ShouldBe(relayed.ToString());
        buffer[..length].ShouldBe(payload);
        _peer.SendTo(buffer.AsSpan(0, length), from);
        client.RunUntil(() => client.Received.Count > 0);
        var (peer, data) = client.Received.Dequeue();
        peer.ShouldBe(Peer);
        data.ShouldBe(payload);
    }
}
