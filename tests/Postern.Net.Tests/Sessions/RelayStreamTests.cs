using System.Diagnostics;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Sessions;

/// <summary>The real binary where UDP does not get out: calls go over HTTPS to one host, as the switchboard's connection does.</summary>
[Trait("part", "net")]
public class RelayStreamTests
{
    private const string NoUdp = "meta l4proto udp drop";
    private const string Answers = "ct state established accept";

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void With_all_UDP_dropped_on_one_side_or_on_both_two_peers_talk(bool atAlice, bool atBob)
    {
        var network = new Network();
        var (one, other) = (network.AddSite(), network.AddSite());
        Restrict(one.Router, atAlice, NoUdp);
        Restrict(other.Router, atBob, NoUdp);
        using var peers = new TwoPeers(network, one.Client, other.Client);
        peers.Chat("Relayed");
        peers.Exchange(200, "over-https");
        Count(peers, "streams").ShouldBe((atAlice ? 1 : 0) + (atBob ? 1 : 0));
        Leave(peers);
        foreach (var (why, isBlocked) in new[] { (peers.Alice.Run("why", "bob"), atAlice), (peers.Bob.Run("why", "alice"), atBob) })
        {
            why.Output.Contains("[relayed-over-https]", StringComparison.Ordinal).ShouldBe(isBlocked, why.Output);
            why.Output.Contains("it is asked over HTTPS", StringComparison.Ordinal).ShouldBe(isBlocked, why.Output);
        }
    }

    [Fact]
    public void With_nothing_but_TCP_to_port_443_of_one_host_echo_answers_and_check_says_relay_only()
    {
        using var network = new Network();
        var site = network.AddSite();
        Restrict(site.Router, true, $"ip daddr {network.Server.Address} tcp dport 443 accept", Answers, "drop");
        var up = new PosternHost(network, network.Server, "server").UpAt($"{network.Server.Address}:443", "--allow-peer", "203.0.113.0/24");
        using var capture = site.Router.StartCapture();
        var alice = new PosternHost(network, site.Client, "alice").Login($"{network.Server.Address}:443");
        var said = alice.Run("chat", "echo", "through one hole");
        said.ExitCode.ShouldBe(0, said.Errors);
        said.Output.ShouldContain("through one hole");
        var checkedNow = alice.Run(60, "check", "--json");
        checkedNow.ExitCode.ShouldBe(11, checkedNow.Output);
        checkedNow.Output.ShouldContain("\"nat.relay-over-https\"");
        capture.Stop();
        capture.Contains("through one hole").ShouldBeFalse();
        up.Dispose();
    }

    [Fact]
    public void Through_an_HTTP_proxy_alone_echo_answers()
    {
        using var network = new Network();
        var site = network.AddSite();
        var office = network.AddPublicHost();
        Restrict(site.Router, true, $"ip daddr {office.Address} tcp dport 3128 accept", Answers, "drop");
        using var squid = StartSquid(network, office);
        using var up = new PosternHost(network, network.Server, "server").UpAt($"{network.Server.Address}:443", "--allow-peer", "203.0.113.0/24");
        var through = PosternProgram.HomeIn(Path.Combine(network.Folder, "proxied")).Append(new("http_proxy", $"http://{office.Address}:3128")).ToDictionary();
        Outcome Run(params string[] arguments) => site.Client.Run(PosternHost.Binary, arguments, through, seconds: 60);

        Run("login", $"carl@{network.Server.Address}:443").ExitCode.ShouldBe(0);
        var said = Run("chat", "echo", "through the proxy");
        said.ExitCode.ShouldBe(0, said.Errors);
        said.Output.ShouldContain("through the proxy");
        var log = File.ReadAllText(Path.Combine(network.Folder, "squid", "access.log"));
        log.Split('\n').Count(line => line.Contains($"CONNECT {network.Server.Address}:443", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(2, log); // the switchboard's, and the relay's
        Run("check", "--json").ExitCode.ShouldBe(11);
    }

    [Fact]
    public void UDP_that_is_cut_in_mid_call_moves_it_to_HTTPS_within_consent_and_loses_nothing()
    {
        var network = new Network();
        var (one, other) = (network.AddSite(), network.AddSite());
        using var peers = new TwoPeers(network, one.Client, other.Client);
        peers.Chat("Punched");
        peers.Exchange(100, "before");

        Restrict(one.Router, true, NoUdp);
        var since = Stopwatch.StartNew();
        peers.Exchange(100, "after", seconds: 30); // RFC 7675: consent lasts 30 s
        since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(25));
        PosternHost.LastPath(peers.AliceChat).ShouldBe("Relayed", peers.Both());

        one.Router.Check("nft", "delete", "table", "inet", "keeper");
        peers.WaitForPath("Punched", 60);
        peers.Exchange(100, "again");
        Leave(peers);
        Waiting.Until(() => Count(peers, "allocations") + Count(peers, "streams") == 0, 20, () => "allocations or streams are left");
    }

    [Theory]
    [InlineData("50ms")]
    [InlineData("1s")]
    public void Much_data_over_HTTPS_on_a_slow_line_comes_through_and_the_path_holds(string routersQueue)
    {
        var network = new Network();
        var (one, other) = (network.AddSite(), network.AddSite());
        Restrict(one.Router, true, NoUdp);
        foreach (var port in new[] { "wan", "lan10" })
        {
            one.Router.Check("tc", "qdisc", "add", "dev", port, "root", "tbf", "rate", "10mbit", "burst", "32k", "latency", routersQueue);
        }

        using var peers = new TwoPeers(network, one.Client, other.Client);
        peers.Chat("Relayed");
        Thread.Sleep(3000); // the best pair has been found
        var paths = Paths(peers);
        peers.Exchange(1000, new string('x', 4000), seconds: 60); // 4 MB each way: 3.2 s at least
        Paths(peers).ShouldBe(paths, peers.Both());
    }

    [Fact]
    public void A_server_that_starts_again_in_mid_call_is_dialled_again()
    {
        var network = new Network();
        var (one, other) = (network.AddSite(), network.AddSite());
        Restrict(one.Router, true, NoUdp);
        using var peers = new TwoPeers(network, one.Client, other.Client);
        peers.Chat("Relayed");
        peers.Exchange(50, "before");
        peers.Up.Kill();
        peers.StartServer();
        peers.Exchange(50, "after", seconds: 60);
    }

    /// <summary>What the site's keeper does with what his clients send out and get back.</summary>
    private static void Restrict(Router router, bool isWanted, params string[] rules)
    {
        if (isWanted)
        {
            router.ApplyRules($$"""
                table inet keeper {
                    chain forward {
                        type filter hook forward priority filter - 1;
                        {{string.Join("\n        ", rules)}}
                    }
                }
                """);
        }
    }

    /// <summary>How often data has taken another path so far.</summary>
    private static int Paths(TwoPeers peers) =>
        new[] { peers.AliceChat, peers.BobChat }.Sum(chat => PosternHost.Events(chat).Count(told => told.GetProperty("event").GetString() == "path"));

    private static void Leave(TwoPeers peers)
    {
        peers.AliceChat.CloseInput();
        peers.BobChat.CloseInput();
        peers.AliceChat.WaitForExit(20).ExitCode.ShouldBe(0);
        peers.BobChat.WaitForExit(20).ExitCode.ShouldBe(0);
    }

    private static long Count(TwoPeers peers, string what)
    {
        var status = peers.Server.Run("status", "--json", "--server", peers.Network.Server.Address);
        return System.Text.Json.JsonDocument.Parse(status.Output).RootElement.GetProperty("relay").GetProperty(what).GetInt64();
    }

    /// <summary>Real squid that connects to port 443 alone, as Debian's own configuration does.</summary>
    private static Background StartSquid(Network network, Host at)
    {
        var folder = Directory.CreateDirectory(Path.Combine(network.Folder, "squid")).FullName;
        File.SetUnixFileMode(network.Folder, (UnixFileMode)0x1C9); // rwx--x--x: squid gives root up
        File.SetUnixFileMode(folder, (UnixFileMode)0x1FF); // rwxrwxrwx
        File.WriteAllText(Path.Combine(folder, "squid.conf"), $"""
            http_port {at.Address}:3128
            acl TLS port 443
            acl CONNECT method CONNECT
            http_access deny CONNECT !TLS
            http_access allow all
            cache deny all
            access_log stdio:{folder}/access.log
            cache_log {folder}/cache.log
            pid_filename {folder}/squid.pid
            coredump_dir {folder}
            shutdown_lifetime 0 seconds
            """);
        var squid = at.Start("unshare", "-m", "sh", "-c", $"mount -t tmpfs tmpfs /dev/shm && exec squid -N -f {folder}/squid.conf"); // its shared memory outlives it
        Waiting.Until(() => at.Run("ss", "-ltn").Output.Contains(":3128", StringComparison.Ordinal), 20, () => squid.Errors + squid.Output);
        return squid;
    }
}
