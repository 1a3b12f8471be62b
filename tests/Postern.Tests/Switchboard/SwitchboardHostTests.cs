using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;
using Postern.Server.Switchboard;

namespace Postern.Tests.Switchboard;

public sealed class SwitchboardHostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Two_clients_exchange_signals_and_credentials_over_real_websockets()
    {
        await using var server = await SwitchboardServer.StartAsync(_folder.Path);
        await using var anna = new DrivenPeer(server.Url, "anna");
        await using var bob = new DrivenPeer(server.Url, "bob");
        var login = await anna.NextAsync<SwitchboardClientEvent.LoggedIn>();
        await bob.NextAsync<SwitchboardClientEvent.LoggedIn>();
        login.ServerKey.ShouldBe(server.Host.ServerKey);
        login.Welcome.Observed.ShouldStartWith("127.0.0.1:");
        for (var i = 1; i <= 100; i++)
        {
            Send(anna, "bob", i).ShouldBeTrue();
            (await bob.NextAsync<SwitchboardClientEvent.SignalReceived>()).Payload.ShouldBe(new SignalPayload.Bye(HangUp.Done, $"{i}"));
            (await anna.NextAsync<SwitchboardClientEvent.SignalDelivered>()).Seq.ShouldBe(i);
        }

        anna.Driver.TryRequestTurn("s1", "bob").ShouldBeTrue();
        (await anna.NextAsync<SwitchboardClientEvent.TurnGranted>()).Grant.Username.ShouldBe("1:s1:anna");
        server.Host.Stats.SignalsDelivered.ShouldBe(100);
    }

    [Fact]
    public async Task A_restarted_switchboard_knows_its_names_its_keys_and_itself_and_no_signal_is_lost()
    {
        await using var server = await SwitchboardServer.StartAsync(_folder.Path);
        await using var anna = new DrivenPeer(server.Url, "anna");
        await using var bob = new DrivenPeer(server.Url, "bob");
        var before = await anna.NextAsync<SwitchboardClientEvent.LoggedIn>();
        before.Welcome.Claimed.ShouldBeTrue();
        await bob.NextAsync<SwitchboardClientEvent.LoggedIn>();
        var url = server.Url;
        await server.DisposeAsync();
        (await anna.NextAsync<SwitchboardClientEvent.Disconnected>()).Reason.ShouldBe(DisconnectReason.Stopping);
        Send(anna, "bob", 1).ShouldBeTrue();
        await Task.Delay(500);
        await server.StartAsync(url.Port);
        var after = await anna.NextAsync<SwitchboardClientEvent.LoggedIn>();
        after.Welcome.Claimed.ShouldBeFalse();
        after.ServerKey.ShouldBe(before.ServerKey);
        (await bob.NextAsync<SwitchboardClientEvent.SignalReceived>()).Payload.ShouldBe(new SignalPayload.Bye(HangUp.Done, "1"));
        await using var mallory = new DrivenPeer(url, "anna");
        var refused = await mallory.NextAsync<SwitchboardClientEvent.Disconnected>();
        refused.ShouldBe(new(DisconnectReason.Refused, "The name belongs to another key.", Instant.Never));
    }

    [Fact]
    public async Task A_goodbye_sent_just_before_the_end_still_goes_out()
    {
        await using var server = await SwitchboardServer.StartAsync(_folder.Path);
        await using var bob = new DrivenPeer(server.Url, "bob");
        await using var anna = new DrivenPeer(server.Url, "anna");
        await anna.NextAsync<SwitchboardClientEvent.LoggedIn>();
        await bob.NextAsync<SwitchboardClientEvent.LoggedIn>();
        Send(anna, "bob", 1);
        await anna.DisposeAsync();
        (await bob.NextAsync<SwitchboardClientEvent.SignalReceived>()).From.ShouldBe("anna");
    }

    [Fact]
    public async Task Nobody_listening_is_told_in_a_sentence_with_the_next_attempt()
    {
        await using var anna = new DrivenPeer(new Uri("ws://127.0.0.1:9/switchboard"), "anna");
        var gone = await anna.NextAsync<SwitchboardClientEvent.Disconnected>();
        gone.Reason.ShouldBe(DisconnectReason.Unreachable);
        gone.Sentence.ShouldBe("The switchboard at 127.0.0.1:9 cannot be reached: Connection refused");
        gone.NextAttempt.ShouldNotBe(Instant.Never);
    }

    [Fact]
    public async Task Oversized_malformed_and_binary_messages_are_refused_and_disturb_nobody()
    {
        await using var server = await SwitchboardServer.StartAsync(_folder.Path);
        await using var anna = new DrivenPeer(server.Url, "anna");
        await anna.NextAsync<SwitchboardClientEvent.LoggedIn>();
        (byte[] Message, WebSocketMessageType Type, string Sentence)[] cases =
        [
            (new byte[300_000], WebSocketMessageType.Text, "The frame is larger than 65536 bytes."),
            ("{\"type\":\"hello\""u8.ToArray(), WebSocketMessageType.Text, "The frame is not a JSON object."),
            ("{}"u8.ToArray(), WebSocketMessageType.Binary, "The frame is not UTF-8 text."),
            ("{\"type\":\"ping\"}"u8.ToArray(), WebSocketMessageType.Text, "This frame is out of place: first hello, then one prove, then the rest."),
        ];
        foreach (var (message, type, sentence) in cases)
        {
            (await SayAsync(server.Url, message, type)).ShouldBe(sentence);
        }

        Send(anna, "anna", 1);
        await anna.NextAsync<SwitchboardClientEvent.SignalReceived>();
        anna.Driver.IsLoggedIn.ShouldBeTrue();
        server.Host.Stats.Expelled.ShouldBe(4);
    }

    [Fact]
    public async Task A_flood_is_cut_off()
    {
        await using var server = await SwitchboardServer.StartAsync(_folder.Path);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(server.Url, CancellationToken.None);
        await Should.ThrowAsync<WebSocketException>(async () =>
        {
            var noise = new byte[60_000];
            for (var i = 0; i < 1000; i++)
            {
                await socket.SendAsync(noise, WebSocketMessageType.Text, true, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
            }
        });
        server.Host.Stats.FramesIn.ShouldBe(1);
    }

    [Fact]
    public async Task With_a_certificate_the_port_speaks_TLS()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var server = await SwitchboardServer.StartAsync(_folder.Path, change: options => options with { Certificate = certificate });
        var url = new UriBuilder(server.Url) { Scheme = "wss" }.Uri;
        await using var anna = new DrivenPeer(url, "anna", configure: options => options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.Equals(certificate));
        await anna.NextAsync<SwitchboardClientEvent.LoggedIn>();
        await using var wary = new DrivenPeer(url, "bob");
        (await wary.NextAsync<SwitchboardClientEvent.Disconnected>()).Reason.ShouldBe(DisconnectReason.Unreachable);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_an_IO_error()
    {
        await using var server = await SwitchboardServer.StartAsync(_folder.Path);
        await using var second = new SwitchboardHost(new(), server.Store, NullLoggerFactory.Instance);
        await Should.ThrowAsync<IOException>(() => second.ListenAsync(server.Host.Endpoint!));
        await second.ListenAsync(new(IPAddress.Loopback, 0));
    }

    [Fact]
    public async Task The_port_answers_plain_HTTP_too()
    {
        await using var server = await SwitchboardServer.StartAsync(_folder.Path);
        using var http = new HttpClient();
        (await http.GetStringAsync($"http://{server.Host.Endpoint}/healthz")).ShouldBe("ok\n");
        using var plain = await http.GetAsync($"http://{server.Host.Endpoint}/switchboard");
        ((int)plain.StatusCode).ShouldBe(426);
        using var nothing = await http.GetAsync($"http://{server.Host.Endpoint}/nothing");
        ((int)nothing.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task A_built_in_peer_logs_in_with_the_key_from_the_store()
    {
        await using var server = await SwitchboardServer.StartAsync(_folder.Path);
        server.Host.Load("echo", server.Store.Secrets.Echo.PublicKey);
        await using var echo = new DrivenPeer(server.Url, "echo", PeerIdentity.Import(server.Store.Secrets.Echo.Export()));
        await echo.NextAsync<SwitchboardClientEvent.LoggedIn>();
        await using var mallory = new DrivenPeer(server.Url, "echo");
        (await mallory.NextAsync<SwitchboardClientEvent.Disconnected>()).Sentence.ShouldBe("The name belongs to another key.");
    }

    public void Dispose() => _folder.Dispose();

    private static bool Send(DrivenPeer peer, string to, int number) =>
        peer.Driver.TrySendSignal(to, "s1", new SignalPayload.Bye(HangUp.Done, $"{number}"), out _);

    private static async Task<string> SayAsync(Uri url, byte[] message, WebSocketMessageType type)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(url, patience.Token);
        await socket.SendAsync(message, type, true, patience.Token);
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, patience.Token);
        FrameCodec.TryParse(buffer.AsSpan(0, received.Count), out ServerFrame? frame).ShouldBe(FrameError.None, Encoding.UTF8.GetString(buffer, 0, received.Count));
        (await socket.ReceiveAsync(buffer, patience.Token)).MessageType.ShouldBe(WebSocketMessageType.Close);
        return frame.ShouldBeOfType<ServerFrame.Refused>().Sentence;
    }
}
