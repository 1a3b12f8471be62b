using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;
using Postern.Protocol.Turn;
using Postern.Server.Relay;
using Postern.Tests.Switchboard;

namespace Postern.Tests.Library;

/// <summary>Whole clients where no UDP answers: the call goes through the switchboard's port, under its TLS.</summary>
public class RelayStreamCallTests
{
    private const string Secret = "north";

    [Fact]
    public async Task Two_relay_only_peers_talk_over_TLS_through_the_switchboards_port()
    {
        using var folder = new TemporaryFolder();
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // where the relay is said to be, and nobody answers
        await using var relay = RelayDriver.Start(new()
        {
            Listen = [Endpoint.Parse("127.0.0.1:0")],
            Users = new TurnRestUsers(Secret),
            Peers = new PeerPolicy(allow: [IpPrefix.Parse("127.0.0.0/8")]),
        });
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var server = await SwitchboardServer.StartAsync(folder.Path, change: options => options with
        {
            Relay = relay,
            Certificate = certificate,
            Switchboard = new() { Relays = [new(((IPEndPoint)silent.LocalEndPoint!).Port, "127.0.0.1", Stream: true)] },
            Mint = Mint,
        });
        var url = new UriBuilder(server.Url) { Scheme = "wss" }.Uri;
        using var one = PeerIdentity.Create();
        using var other = PeerIdentity.Create();
        await using var anna = await RegisterAsync(url, "anna", one, certificate);
        await using var bob = await RegisterAsync(url, "bob", other, certificate);

        var calling = anna.ConnectAsync("bob");
        await using var bobs = await (await bob.IncomingAsync().FirstAsync()).AcceptAsync();
        await using var annas = await calling;
        await annas.OpenChannel("talk").SendAsync("over TLS");
        var channel = await bobs.IncomingChannelsAsync().FirstAsync();
        (await channel.ReceiveAllAsync().FirstAsync()).Text.ShouldBe("over TLS");
        annas.Path.ShouldBe(PathKind.Relayed);
        annas.Report.Reasons.ShouldContain(reason => reason.Id == "relayed-over-https");
        relay.Stats.Allocations.ShouldBe(2);
        await annas.CloseAsync();
        SpinWait.SpinUntil(() => relay.Stats.Allocations == 0, TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    private static TurnGrant Mint(string session, string name)
    {
        var expires = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600;
        var minted = TurnRestCredential.Mint(Secret, session, name, expires);
        return new(minted.Username, minted.Password, expires, []);
    }

    private static Task<PosternClient> RegisterAsync(Uri url, string name, PeerIdentity identity, X509Certificate2 trusted) => PosternClient.RegisterAsync(new()
    {
        Server = url,
        Name = name,
        Identity = identity,
        RelayOnly = true,
        NatReports = [],
        Dialling = options => options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.Equals(trusted),
    });
}
