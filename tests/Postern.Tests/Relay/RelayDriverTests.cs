using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;
using Postern.Server.Relay;

namespace Postern.Tests.Relay;

/// <summary>The relay on real loopback sockets.</summary>
public sealed class RelayDriverTests : IDisposable
{
    private const string Secret = "north";

    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
    private readonly byte[] _buffer = new byte[2048];

    public RelayDriverTests() => _peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    private Endpoint Peer => LoopbackClient.ToEndpoint((IPEndPoint)_peer.LocalEndPoint!);

    public void Dispose() => _peer.Dispose();

    [Fact]
    public async Task Data_passes_both_ways_and_a_released_allocation_closes_its_socket()
    {
        await using var relay = Start();
        using var client = new LoopbackClient(relay.Endpoints[0], Secret);
        var relayed = client.Await<TurnEvent.Allocated>(client.Allocation.Allocate).Relayed;
        client.Await<TurnEvent.ChannelBound>(now => client.Allocation.BindChannel(Peer, now));
        client.Send([200, 1, 2], Peer);
        _peer.Receive(_buffer).ShouldBe(3);
        _peer.SendTo([201, 7], new IPEndPoint(relayed.Address.ToIPAddress(), relayed.Port));
        client.Receive(out var payload).ShouldBe(Peer);
        payload.ToArray().ShouldBe([201, 7]);

        relay.Stats.Allocations.ShouldBe(1);
        client.Await<TurnEvent.Lost>(client.Allocation.Release);
        relay.Stats.Allocations.ShouldBe(0);
        using var next = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        next.Bind(new IPEndPoint(IPAddress.Loopback, relayed.Port));
    }

    [Fact]
    public async Task Behind_a_one_to_one_nat_the_public_address_is_told_and_two_clients_still_meet_inside()
    {
        await using var relay = Start(options => options with { PublicV4 = IpAddress.Parse("20.0.0.1") });
        relay.Endpoints[0].Address.ShouldBe(IpAddress.Parse("20.0.0.1"));
        using var ann = new LoopbackClient(relay.Listening[0], Secret);
        using var ben = new LoopbackClient(relay.Listening[0], Secret, name: "ben");
        var a = ann.Await<TurnEvent.Allocated>(ann.Allocation.Allocate).Relayed;
        var b = ben.Await<TurnEvent.Allocated>(ben.Allocation.Allocate).Relayed;
        a.Address.ShouldBe(IpAddress.Parse("20.0.0.1"));
        ann.Await<TurnEvent.ChannelBound>(now => ann.Allocation.BindChannel(b, now));
        ben.Await<TurnEvent.PermissionGranted>(now => ben.Allocation.Permit(a.Address, now));
        ann.Send([200, 5], b);
        ben.Receive(out var payload).ShouldBe(a);
        payload.ToArray().ShouldBe([200, 5]);
        relay.Stats.Hairpinned.ShouldBe(1);
    }

    [Fact]
    public async Task Ipv6_is_served_beside_ipv4()
    {
        await using var relay = Start(options => options with { Listen = [.. options.Listen, Endpoint.Parse("[::1]:0")] });
        using var client = new LoopbackClient(relay.Endpoints[1], Secret);
        client.Await<TurnEvent.Allocated>(client.Allocation.Allocate).Relayed.Address.ShouldBe(IpAddress.LoopbackV6);
    }

    [Fact]
    public async Task A_port_that_another_program_holds_is_passed_over()
    {
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var first = (ushort)((IPEndPoint)held.LocalEndPoint!).Port;
        await using var relay = Start(options => options with { FirstPort = first, LastPort = (ushort)Math.Min(first + 7, 65535) });
        using var client = new LoopbackClient(relay.Endpoints[0], Secret);
        client.Await<TurnEvent.Allocated>(client.Allocation.Allocate).Relayed.Port.ShouldNotBe(first);
    }

    [Fact]
    public async Task Ending_a_session_ends_its_allocations()
    {
        await using var relay = Start();
        using var client = new LoopbackClient(relay.Endpoints[0], Secret, session: "call-7");
        client.Await<TurnEvent.Allocated>(client.Allocation.Allocate);
        relay.EndSession("call-7");
        relay.Stats.Allocations.ShouldBe(0);
        client.Await<TurnEvent.Lost>(client.Allocation.Refresh).Reason.ShouldBe(TurnLoss.Unknown);
    }

    [Fact]
    public async Task An_address_in_use_is_an_exception_and_the_first_relay_goes_on()
    {
        await using var relay = Start();
        var taken = relay.Listening[0];
        Should.Throw<SocketException>(() => Start(options => options with { Listen = [Endpoint.Parse("127.0.0.1:0"), taken] }));
        using var client = new LoopbackClient(relay.Endpoints[0], Secret);
        client.Await<TurnEvent.Allocated>(client.Allocation.Allocate);
    }

    [Fact]
    public async Task Disposing_twice_is_fine_and_frees_every_port()
    {
        var relay = Start();
        var port = relay.Listening[0].Port;
        await relay.DisposeAsync();
        await relay.DisposeAsync();
        using var next = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        next.Bind(new IPEndPoint(IPAddress.Loopback, port));
    }

    [Fact]
    public async Task Wherever_it_listens_it_tells_an_address_that_leads_to_it()
    {
        await using var relay = Start(options => options with { Listen = [Endpoint.Parse("0.0.0.0:0")] });
        relay.Endpoints[0].Address.IsUnspecified.ShouldBeFalse();
        relay.Endpoints[0].Port.ShouldBe(relay.Listening[0].Port);
    }

    private static RelayDriver Start(Func<RelayDriverOptions, RelayDriverOptions>? change = null)
    {
        var options = new RelayDriverOptions
        {
            Listen = [Endpoint.Parse("127.0.0.1:0")],
            Users = new TurnRestUsers(Secret),
            Peers = new PeerPolicy(allow: [IpPrefix.Parse("127.0.0.0/8"), IpPrefix.Parse("::1")]),
        };
        return RelayDriver.Start(change?.Invoke(options) ?? options);
    }
}
