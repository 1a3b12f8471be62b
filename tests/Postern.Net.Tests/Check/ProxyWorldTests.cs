using System.Net;
using System.Net.Sockets;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Check;

/// <summary>Each kind of proxy in the environment: what it is, whether it is there, whether it serves the server.</summary>
[Trait("part", "net")]
public sealed class ProxyWorldTests(CheckWorld world) : IClassFixture<CheckWorld>
{
    [Fact]
    public void Every_variable_is_told_with_its_kind_and_what_its_proxy_says()
    {
        using var http = Answering("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray());
        using var password = Answering("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"u8.ToArray());
        using var socks = Answering([5, 0], [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        var report = world.Check(
            new Dictionary<string, string>
            {
                ["http_proxy"] = $"http://{Place(http)}",
                ["https_proxy"] = Place(password),
                ["HTTPS_PROXY"] = $"http://alice:secret@{world.Server}:9/",
                ["ALL_PROXY"] = $"socks5h://{Place(socks)}",
                ["all_proxy"] = "http://:80:80",
            },
            "--server", world.Server);
        report.Verdict("proxy.http_proxy").ShouldBe("ok", report.All);
        report.Sentence("proxy.http_proxy").ShouldContain($"an HTTP proxy, http://{Place(http)}: it answers CONNECT to {world.Server}:4780 with 200. UDP, and so every direct call, does not go through it.");
        report.Verdict("proxy.https_proxy").ShouldBe("warn");
        report.Sentence("proxy.https_proxy").ShouldContain("it wants a password (407)");
        report.Sentence("proxy.HTTPS_PROXY").ShouldContain("nobody listens there");
        report.All.ShouldNotContain("secret");
        report.Verdict("proxy.ALL_PROXY").ShouldBe("ok");
        report.Sentence("proxy.ALL_PROXY").ShouldContain("a SOCKS proxy");
        report.Verdict("proxy.all_proxy").ShouldBe("warn");
    }

    [Fact]
    public void An_exception_for_the_server_makes_a_dead_proxy_harmless()
    {
        var report = world.Check(new Dictionary<string, string> { ["http_proxy"] = $"http://{world.Server}:9", ["no_proxy"] = $"localhost,{world.Server}" }, "--server", world.Server);
        report.Verdict("proxy.http_proxy").ShouldBe("ok", report.All);
        report.Sentence("proxy.http_proxy").ShouldContain("not for this server (no_proxy)");
    }

    private string Place(TcpListener proxy) => $"{world.Server}:{((IPEndPoint)proxy.LocalEndpoint).Port}";

    /// <summary>Says these things, one after each thing that it is told.</summary>
    private TcpListener Answering(params byte[][] answers)
    {
        var listener = world.Network.Server.Inside(() =>
        {
            var opened = new TcpListener(IPAddress.Parse(world.Server), 0);
            opened.Start();
            return opened;
        });
        _ = Task.Run(async () =>
        {
            using var client = await listener.AcceptSocketAsync();
            var asked = new byte[512];
            foreach (var answer in answers)
            {
                await client.ReceiveAsync(asked);
                await client.SendAsync(answer);
            }

            await client.ReceiveAsync(asked);
        });
        return listener;
    }
}
