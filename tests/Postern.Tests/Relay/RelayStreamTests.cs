using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postern.Drivers;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;
using Postern.Server.Relay;
using Postern.Server.Switchboard;
using Postern.Tests.Kit;
using Postern.Tests.Library;
using Postern.Tests.Switchboard;
using Postern.Transports;

namespace Postern.Tests.Relay;

/// <summary>The relay's datagrams in WebSockets of the switchboard's real port. Alone, as memory is that of the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class RelayStreamTests : IAsyncLifetime
{
    private const string Secret = "north";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly TemporaryFolder _folder = new();
    private readonly RelayDriver _relay = RelayDriver.Start(new()
    {
        Listen = [Endpoint.Parse("127.0.0.1:0")],
        Users = new TurnRestUsers(Secret),
        Peers = new PeerPolicy(allow: [IpPrefix.Parse("127.0.0.0/8")]),
        Quotas = new() { PerName = 100 },
    });

    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
    private readonly byte[] _buffer = new byte[8192];
    private SwitchboardServer _server = null!;

    private Endpoint Peer => LoopbackClient.ToEndpoint((IPEndPoint)_peer.LocalEndPoint!);

    public async ValueTask InitializeAsync()
    {
        _peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _server = await SwitchboardServer.StartAsync(_folder.Path, change: options => options with { Relay = _relay });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _relay.DisposeAsync();
        _peer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Data_passes_both_ways_and_the_end_of_the_stream_ends_the_allocation_at_once()
    {
        var client = await DialAsync();
        var relayed = (await client.AwaitAsync<TurnEvent.Allocated>(client.Allocation.Allocate)).Relayed;
        await client.AwaitAsync<TurnEvent.ChannelBound>(now => client.Allocation.BindChannel(Peer, now));
        await client.SendAsync([200, 1, 2], Peer);
        _peer.Receive(_buffer).ShouldBe(3);
        _peer.SendTo([201, 7], new IPEndPoint(IPAddress.Loopback, relayed.Port));
        var (from, payload) = await client.ReceiveDataAsync();
        from.ShouldBe(Peer);
        payload.ShouldBe([201, 7]);

        _relay.Stats.Allocations.ShouldBe(1);
        client.Dispose();
        SpinWait.SpinUntil(() => _relay.Stats.Allocations == 0, Soon).ShouldBeTrue();
        using var next = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        next.Bind(new IPEndPoint(IPAddress.Loopback, relayed.Port));
    }

    [Fact]
    public async Task A_client_over_UDP_and_one_over_a_stream_meet_inside_the_relay()
    {
        using var ann = await DialAsync();
        using var cid = await DialAsync("cid");
        using var ben = new LoopbackClient(_relay.Endpoints[0], Secret, name: "ben");
        var a = (await ann.AwaitAsync<TurnEvent.Allocated>(ann.Allocation.Allocate)).Relayed;
        var b = ben.Await<TurnEvent.Allocated>(ben.Allocation.Allocate).Relayed;
        var c = (await cid.AwaitAsync<TurnEvent.Allocated>(cid.Allocation.Allocate)).Relayed;
        await ann.AwaitAsync<TurnEvent.ChannelBound>(now => ann.Allocation.BindChannel(b, now));
        ben.Await<TurnEvent.ChannelBound>(now => ben.Allocation.BindChannel(a, now));
        await cid.AwaitAsync<TurnEvent.PermissionGranted>(now => cid.Allocation.Permit(a.Address, now));

        await ann.SendAsync([200, 5], b);
        ben.Receive(out var got).ShouldBe(a);
        got.ToArray().ShouldBe([200, 5]);
        ben.Send([200, 6], a);
        (await ann.ReceiveDataAsync()).ShouldSatisfyAllConditions(said => said.Peer.ShouldBe(b), said => said.Payload.ShouldBe([200, 6]));
        await ann.SendAsync([200, 7], c);
        (await cid.ReceiveDataAsync()).ShouldSatisfyAllConditions(said => said.Peer.ShouldBe(a), said => said.Payload.ShouldBe([200, 7]));
        _relay.Stats.Hairpinned.ShouldBe(3);
    }

    [Fact]
    public async Task Text_and_messages_that_are_too_long_end_the_stream_with_a_word()
    {
        using var talker = await DialAsync();
        await talker.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text);
        (await talker.ReadToEndAsync()).ShouldBe(WebSocketCloseStatus.InvalidMessageType);
        using var waster = await DialAsync();
        await waster.SendAsync(new byte[DatagramSocket.MaximumDatagram + 1]);
        (await waster.ReadToEndAsync()).ShouldBe(WebSocketCloseStatus.MessageTooBig);
        using var fit = await DialAsync();
        await fit.SendAsync(new byte[DatagramSocket.MaximumDatagram]);
        await fit.AwaitAsync<TurnEvent.Allocated>(fit.Allocation.Allocate); // nonsense is passed over
    }

    [Fact]
    public async Task Who_is_no_WebSocket_or_speaks_another_protocol_is_told_so()
    {
        using var http = new HttpClient();
        var url = new UriBuilder(new Uri(_server.Url, "relay")) { Scheme = "http" }.Uri;
        (await http.GetAsync(url)).StatusCode.ShouldBe(HttpStatusCode.UpgradeRequired);
        using var other = new ClientWebSocket();
        other.Options.AddSubProtocol("chat");
        other.Options.CollectHttpResponseDetails = true;
        await Should.ThrowAsync<WebSocketException>(() => other.ConnectAsync(new Uri(_server.Url, "relay"), CancellationToken.None));
        other.HttpStatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Where_no_relay_runs_beside_it_the_switchboard_has_no_such_path()
    {
        using var folder = new TemporaryFolder();
        await using var alone = await SwitchboardServer.StartAsync(folder.Path);
        using var http = new HttpClient();
        (await http.GetAsync(new UriBuilder(new Uri(alone.Url, "relay")) { Scheme = "http" }.Uri)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Strangers_are_few_may_say_little_and_do_not_stay()
    {
        using var oldest = await DialAsync();
        var strangers = new List<StreamClient>();
        for (var i = 0; i < 64; i++)
        {
            strangers.Add(await DialAsync());
        }

        (await oldest.ReadToEndAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation); // had it been the next it could keep everybody out
        await strangers[0].AwaitAsync<TurnEvent.Allocated>(strangers[0].Allocation.Allocate);
        var another = await DialAsync(); // whoever has an allocation is none
        for (var i = 0; i < 17; i++)
        {
            await strangers[1].SendAsync(new byte[20]);
        }

        (await strangers[1].ReadToEndAsync()).ShouldBe(WebSocketCloseStatus.PolicyViolation);
        var began = TimeProvider.System.GetTimestamp();
        (await Task.WhenAll(strangers.Skip(2).Append(another).Select(stranger => stranger.ReadToEndAsync(15)))).ShouldAllBe(status => status == WebSocketCloseStatus.PolicyViolation);
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(12));
        _relay.Stats.Allocations.ShouldBe(1);
        strangers.Append(another).ToList().ForEach(stranger => stranger.Dispose());
    }

    [Fact]
    public async Task Who_gives_the_allocation_back_is_told_so_and_let_go_at_once()
    {
        using var client = await DialAsync();
        await client.AwaitAsync<TurnEvent.Allocated>(client.Allocation.Allocate);
        await client.AwaitAsync<TurnEvent.Lost>(client.Allocation.Release);
        (await client.ReadToEndAsync(3)).ShouldBe(WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task Whose_allocation_is_revoked_is_let_go_at_once()
    {
        using var client = await DialAsync();
        using var other = await DialAsync("ben");
        await client.AwaitAsync<TurnEvent.Allocated>(client.Allocation.Allocate);
        _relay.EndSession("s");
        (await client.ReadToEndAsync(3)).ShouldBe(WebSocketCloseStatus.PolicyViolation);
        await other.AwaitAsync<TurnEvent.Allocated>(other.Allocation.Allocate); // who had none yet may go on
    }

    [Fact]
    public async Task Who_does_not_read_loses_datagrams_and_costs_no_memory_and_nobody_else_waits()
    {
        using var slow = await DialAsync();
        using var quick = await DialAsync("ben");
        var relayed = (await slow.AwaitAsync<TurnEvent.Allocated>(slow.Allocation.Allocate)).Relayed;
        var other = (await quick.AwaitAsync<TurnEvent.Allocated>(quick.Allocation.Allocate)).Relayed;
        foreach (var client in new[] { slow, quick })
        {
            await client.AwaitAsync<TurnEvent.PermissionGranted>(now => client.Allocation.Permit(Peer.Address, now));
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var payload = new byte[1200];
        payload[0] = 200;
        for (var i = 0; i < 40_000; i++)
        {
            _peer.SendTo(payload, new IPEndPoint(IPAddress.Loopback, relayed.Port)); // 48 MB
        }

        _peer.SendTo([200, 9], new IPEndPoint(IPAddress.Loopback, other.Port));
        (await quick.ReceiveDataAsync().WaitAsync(Soon)).Payload.ShouldBe([200, 9]);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(4 << 20);
        WaitingInKernel().ShouldBeInRange(1, 1 << 20); // by itself it would take some 2.5 MB
        _relay.Stats.ToClients.DataPackets.ShouldBeGreaterThan(1000);
        _relay.Stats.Dropped.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_server_that_stops_tells_the_relays_streams_so()
    {
        await using var server = await OwnServer.StartAsync();
        using var client = await StreamClient.DialAsync(server.Url, Secret);
        var end = client.ReadToEndAsync();
        await server.DownAsync();
        (await end).ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
    }

    [Fact]
    public async Task Over_TLS_the_certificate_is_judged_as_the_switchboards_is()
    {
        using var folder = new TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var server = await SwitchboardServer.StartAsync(folder.Path, change: options => options with { Relay = _relay, Certificate = certificate });
        var url = new UriBuilder(server.Url) { Scheme = "wss" }.Uri;
        using var client = await StreamClient.DialAsync(url, Secret, configure: options => options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.Equals(certificate));
        await client.AwaitAsync<TurnEvent.Allocated>(client.Allocation.Allocate);
        var hasOpened = false;
        var distrustful = new RelayStream(new SwitchboardDial(url).Relay, TimeProvider.System);
        var refused = await distrustful.RunAsync(
            () =>
            {
                hasOpened = true;
                distrustful.Close();
            },
            _ => { });
        hasOpened.ShouldBeFalse();
        refused.ShouldStartWith($"{url.Authority} cannot be reached: ");
    }

    [Fact]
    public async Task A_stream_that_nobody_answers_ends_with_a_sentence()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var dial = new SwitchboardDial(new($"ws://{silent.LocalEndpoint}/switchboard")).Relay;
        dial.Url.AbsolutePath.ShouldBe(SwitchboardHostOptions.RelayPath);
        var stream = new RelayStream(dial, TimeProvider.System);
        var running = stream.RunAsync(() => { }, _ => { });
        stream.TrySend([1, 2, 3]).ShouldBeFalse();
        stream.Close();
        (await running.WaitAsync(Soon)).ShouldBe($"{dial.Url.Authority} does not answer.");
    }

    /// <summary>Bytes that the kernel holds for the clients of the server's port: proc_pid_net(5), tx_queue.</summary>
    private long WaitingInKernel()
    {
        var own = $"0100007F:{_server.Host.Endpoint!.Port:X4}";
        return File.ReadLines("/proc/net/tcp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields[1] == own)
            .Sum(fields => Convert.ToInt64(fields[4].Split(':')[0], 16));
    }

    private Task<StreamClient> DialAsync(string name = "ann") => StreamClient.DialAsync(_server.Url, Secret, name);
}
