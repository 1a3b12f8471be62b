using System.Net;
using System.Net.Sockets;
using System.Text;
using Postern.Lab.Foreign;

namespace Postern.Net.Tests.Counterparts;

/// <summary>The foreign programs work, among themselves: whatever fails with our peer is then ours to explain.</summary>
[Trait("part", "net")]
public sealed class CounterpartTests
{
    [Fact]
    public async Task Chromium_offers_and_aiortc_answers()
    {
        await using var network = await RoutedPair.CreateAsync();
        await using var chromium = await ChromiumPeer.StartAsync(new() { Namespace = network.Left });
        await using var aiortc = await AiortcPeer.StartAsync(new() { Namespace = network.Right });
        await Meeting.ConnectAsync(offerer: chromium, answerer: aiortc);
        await Meeting.ExchangeAsync(chromium, aiortc);
        (await chromium.SelectedPairAsync()).LocalType.ShouldBe("host");
    }

    [Fact]
    public async Task Aiortc_offers_and_chromium_answers()
    {
        await using var network = await RoutedPair.CreateAsync();
        await using var chromium = await ChromiumPeer.StartAsync(new() { Namespace = network.Left });
        await using var aiortc = await AiortcPeer.StartAsync(new() { Namespace = network.Right });
        await Meeting.ConnectAsync(offerer: aiortc, answerer: chromium);
        await Meeting.ExchangeAsync(aiortc, chromium);
        (await aiortc.SelectedPairAsync()).LocalType.ShouldBe("host");
    }

    [Fact]
    public async Task Chromium_and_aiortc_meet_through_coturn_alone()
    {
        await using var network = await RoutedPair.CreateAsync(forwards: false);
        await using var coturn = await Coturn.StartAsync(network.Middle, RoutedPair.MiddleAddress);
        await using var chromium = await ChromiumPeer.StartAsync(new() { Namespace = network.Left, Turn = coturn.Credentials, RelayOnly = true });
        await using var aiortc = await AiortcPeer.StartAsync(new() { Namespace = network.Right, Turn = coturn.Credentials, RelayOnly = true });
        await Meeting.ConnectAsync(offerer: chromium, answerer: aiortc);
        await Meeting.ExchangeAsync(chromium, aiortc);
        (await chromium.SelectedPairAsync()).LocalType.ShouldBe("relay");
        (await aiortc.SelectedPairAsync()).LocalType.ShouldBe("relay");
    }

    [Fact]
    public async Task Chromium_offers_loopback_once_media_are_granted()
    {
        await using var chromium = await ChromiumPeer.StartAsync(new(), mediaGranted: true);
        (await chromium.CreateOfferAsync()).ShouldContain(" 127.0.0.1 ");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Libnice_meets_libnice(bool aggressive, bool relayed)
    {
        await using var network = await RoutedPair.CreateAsync(forwards: !relayed);
        await using var coturn = await Coturn.StartAsync(network.Middle, RoutedPair.MiddleAddress);
        var options = new LibniceOptions { Controlling = true, Aggressive = aggressive, RelayOnly = relayed, Turn = relayed ? coturn.Credentials : null };
        await using var left = await LibniceAgent.StartAsync(options with { Namespace = network.Left });
        await using var right = await LibniceAgent.StartAsync(options with { Namespace = network.Right, Controlling = false });
        left.Connect(right.Ufrag, right.Password, right.Candidates);
        right.Connect(left.Ufrag, left.Password, left.Candidates);
        (await left.ReadyAsync()).LocalType.ShouldBe(relayed ? "relay" : "host");
        await right.ReadyAsync();
        await right.EchoAsync();
        left.Send("there and back"u8.ToArray());
        Encoding.UTF8.GetString(await left.ReceiveAsync()).ShouldBe("there and back");
    }

    [Fact]
    public async Task Libnice_meets_libnice_on_loopback_with_trickled_candidates()
    {
        var options = new LibniceOptions { Controlling = true, LocalAddress = "127.0.0.1", Trickle = true, Consent = true, Renomination = true };
        await using var left = await LibniceAgent.StartAsync(options);
        await using var right = await LibniceAgent.StartAsync(options with { Controlling = false });
        left.Connect(right.Ufrag, right.Password, []);
        right.Connect(left.Ufrag, left.Password, []);
        left.Candidates.ToList().ForEach(right.AddCandidate);
        right.Candidates.ToList().ForEach(left.AddCandidate);
        left.EndCandidates();
        right.EndCandidates();
        (await left.ReadyAsync()).Remote.ShouldStartWith("host 127.0.0.1 ");
        await right.ReadyAsync();
        left.Send("datagram"u8.ToArray());
        Encoding.UTF8.GetString(await right.ReceiveAsync()).ShouldBe("datagram");
    }

    [Fact]
    public async Task A_socket_of_the_tests_lives_in_a_namespace()
    {
        await using var network = await RoutedPair.CreateAsync();
        using var left = InNamespace.Run(network.Left, () => new UdpClient(new IPEndPoint(IPAddress.Parse(RoutedPair.LeftAddress), 0)));
        using var right = InNamespace.Run(network.Right, () => new UdpClient(new IPEndPoint(IPAddress.Parse(RoutedPair.RightAddress), 0)));
        await left.SendAsync("over"u8.ToArray(), (IPEndPoint)right.Client.LocalEndPoint!);
        var received = await right.ReceiveAsync().WaitAsync(TimeSpan.FromSeconds(5));
        received.RemoteEndPoint.ShouldBe((IPEndPoint)left.Client.LocalEndPoint!);
    }
}
