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

    /// <summary>Real squid and danted at the server's second address: each lets us, wants a password, or does not.</summary>
    [Fact]
    public void Real_proxies_say_whether_they_let_us()
    {
        var proxy = world.Network.Server.SecondAddress;
        using var squid = Squid(3128, "http_access allow all");
        using var strict = Squid(3129, "http_access deny all");
        using var asking = Squid(3130, "auth_param basic program /bin/cat\nacl known proxy_auth REQUIRED\nhttp_access allow known");
        using var dante = Dante(1080, "none", "socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }");
        using var closed = Dante(1081, "none", "socks block { from: 0.0.0.0/0 to: 0.0.0.0/0 port = 4780 }\nsocks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }");
        using var named = Dante(1082, "username", "socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }");
        var report = world.Check(
            new Dictionary<string, string>
            {
                ["http_proxy"] = $"http://{proxy}:3128",
                ["https_proxy"] = $"http://{proxy}:3129",
                ["HTTP_PROXY"] = $"http://{proxy}:3130",
                ["all_proxy"] = $"socks5h://{proxy}:1080",
                ["ALL_PROXY"] = $"socks5://{proxy}:1081",
                ["socks_proxy"] = $"socks://{proxy}:1082",
            },
            "--server", world.Server);
        Says(report, "http_proxy", "ok", $"an HTTP proxy, http://{proxy}:3128: it answers CONNECT to {world.Server}:4780 with 200");
        Says(report, "https_proxy", "warn", "with 403");
        Says(report, "HTTP_PROXY", "warn", "it wants a password (407)");
        Says(report, "all_proxy", "ok", $"a SOCKS proxy, socks5h://{proxy}:1080: it connects to {world.Server}:4780");
        Says(report, "ALL_PROXY", "warn", $"it does not connect to {world.Server}:4780 (SOCKS5 reply 2)");
        Says(report, "socks_proxy", "warn", "it wants a password");
        report.Next("proxy.ALL_PROXY").ShouldBe($"Mend or unset ALL_PROXY, or add {world.Server} to no_proxy.");
    }

    /// <summary>Whose certificate is trusted, and whose is not: SSL_CERT_FILE names those that are.</summary>
    [Fact]
    public void Old_SOCKS_and_proxies_behind_TLS_are_asked_too()
    {
        var proxy = world.Network.Server.SecondAddress;
        var (key, certificate) = (Path.Combine(world.Folder, "proxy.key"), Path.Combine(world.Folder, "proxy.crt"));
        Shell.Run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=proxy", "-addext", $"subjectAltName=IP:{proxy}", "-keyout", key, "-out", certificate]);
        using var secured = Squid(3131, "http_access allow all", $"https_port {proxy}:3131 tls-cert={certificate} tls-key={key}");
        using var dante = Dante(1083, "none", "socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }");
        using var closed = Dante(1084, "none", "socks block { from: 0.0.0.0/0 to: 0.0.0.0/0 }");
        var variables = new Dictionary<string, string>
        {
            ["https_proxy"] = $"https://{proxy}:3131",
            ["http_proxy"] = $"https://{proxy}:1083",
            ["all_proxy"] = $"socks4://{proxy}:1083",
            ["ALL_PROXY"] = $"socks4a://{proxy}:1084",
            ["socks_proxy"] = $"socks4://{proxy}:3131",
        };
        var report = world.Check(variables, "--server", world.Server);
        Says(report, "https_proxy", "warn", "this computer does not trust its certificate");
        Says(report, "all_proxy", "ok", $"a SOCKS proxy, socks4://{proxy}:1083: it connects to {world.Server}:4780");
        Says(report, "ALL_PROXY", "warn", $"it does not connect to {world.Server}:4780 (SOCKS4 reply 91)");
        report.Verdict("proxy.http_proxy").ShouldBe("warn", report.All);
        report.Verdict("proxy.socks_proxy").ShouldBe("warn", report.All);

        report = world.Check(new Dictionary<string, string> { ["https_proxy"] = $"https://{proxy}:3131", ["SSL_CERT_FILE"] = certificate }, "--server", world.Server);
        Says(report, "https_proxy", "ok", $"it answers CONNECT to {world.Server}:4780 with 200");
    }

    private static void Says(CheckReport report, string variable, string verdict, string words)
    {
        report.Verdict($"proxy.{variable}").ShouldBe(verdict, report.All);
        report.Sentence($"proxy.{variable}").ShouldContain(words, Case.Sensitive, report.All);
    }

    private Background Squid(int port, string access, string? place = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(world.Folder, $"squid{port}")).FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        var configuration = Path.Combine(folder, "squid.conf");
        File.WriteAllText(configuration, $"""
            {place ?? $"http_port {world.Network.Server.SecondAddress}:{port}"}
            {access}
            pid_filename none
            access_log none
            cache_log {folder}/cache.log
            cache deny all
            coredump_dir {folder}
            shutdown_lifetime 1 second
            visible_hostname proxy.example

            """);
        return Listening(world.Network.Server.Start("squid", "-N", "-n", $"p{port}", "-f", configuration), port);
    }

    private Background Dante(int port, string method, string rules)
    {
        var configuration = Path.Combine(world.Folder, $"danted{port}.conf");
        File.WriteAllText(configuration, $$"""
            logoutput: stderr
            internal: {{world.Network.Server.SecondAddress}} port = {{port}}
            external: {{world.Server}}
            clientmethod: none
            socksmethod: {{method}}
            user.privileged: root
            user.unprivileged: nobody
            client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
            {{rules}}

            """);
        return Listening(world.Network.Server.Start("danted", "-f", configuration, "-p", Path.Combine(world.Folder, $"danted{port}.pid")), port);
    }

    private Background Listening(Background proxy, int port)
    {
        var stands = SpinWait.SpinUntil(
            () => proxy.HasExited || world.Network.Server.Run("ss", "-Htln").Output.Contains($":{port} ", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        (stands && !proxy.HasExited).ShouldBeTrue(proxy.Output + proxy.Errors);
        return proxy;
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
