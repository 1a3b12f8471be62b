using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Lab.Simulator.Hosts.Proxies;
using Postern.Protocol.Net;

namespace Postern.Tests.Simulator.Proxies;

/// <summary>A proxy on a computer: tunnels, what they hold back, and how they end.</summary>
public class ProxyTunnelTests
{
    private const int MostHeld = 2 * 2 * (64 << 10); // two windows for either end

    [Theory]
    [InlineData(ProxyProtocol.Http)]
    [InlineData(ProxyProtocol.Socks5)]
    public void Bytes_pass_in_both_directions_and_either_end_closes_the_other(ProxyProtocol protocol)
    {
        foreach (var isClient in new[] { true, false })
        {
            var world = new ProxyWorld();
            var client = world.Dial(protocol);
            world.Until(() => client.IsOpen).ShouldBeTrue();
            client.Say("there"u8);
            world.AtServer!.Say("back"u8);
            world.Until(() => client.Received.Count == 4 && world.AtServer!.Received.Count == 5).ShouldBeTrue();
            client.Received.ShouldBe("back"u8.ToArray());
            world.AtServer!.Received.ShouldBe("there"u8.ToArray());
            world.AtServer.Connection.Remote.Address.ShouldBe(world.Proxy.Computer.Addresses[0]);
            (isClient ? client : world.AtServer).Close();
            world.Until(() => (isClient ? world.AtServer : client).IsClosed).ShouldBeTrue();
            world.Proxy.Program.Tunnels.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(ProxyProtocol.Http)]
    [InlineData(ProxyProtocol.Socks5)]
    public void What_the_target_said_last_reaches_the_client_though_the_target_has_closed(ProxyProtocol protocol)
    {
        var world = new ProxyWorld();
        var client = world.Dial(protocol);
        world.Until(() => client.IsOpen).ShouldBeTrue();
        var words = new byte[40_000];
        world.AtServer!.Say(words);
        world.Until(() => world.AtServer.Connection.Waiting == 0).ShouldBeTrue(); // at the proxy all of it has arrived
        world.AtServer.Close();
        world.Until(() => client.IsClosed).ShouldBeTrue();
        client.Received.Count.ShouldBe(words.Length);
    }

    [Theory]
    [InlineData(ProxyProtocol.Http)]
    [InlineData(ProxyProtocol.Socks5)]
    public void Where_the_way_on_is_slow_the_client_is_read_no_faster_and_nothing_is_lost(ProxyProtocol protocol)
    {
        var world = new ProxyWorld(new() { Delay = TimeSpan.FromMilliseconds(5), Rate = 4e6 });
        var client = world.Dial(protocol);
        world.Until(() => client.IsOpen).ShouldBeTrue();
        byte[] words = [.. Enumerable.Range(0, 2_000_000).Select(i => (byte)(i * 7 / 3))];
        client.Say(words);
        var most = 0;
        world.Until(() =>
        {
            most = Math.Max(most, world.Proxy.Program.Waiting);
            return world.AtServer!.Received.Count == words.Length;
        }, 60).ShouldBeTrue();
        world.AtServer!.Received.ToArray().AsSpan().SequenceEqual(words).ShouldBeTrue();
        most.ShouldBeInRange(64 << 10, MostHeld);
    }

    [Fact]
    public void A_target_that_reads_nothing_for_a_while_stops_the_client_and_gets_everything_then()
    {
        var world = new ProxyWorld();
        var client = world.Dial(ProxyProtocol.Http);
        world.Until(() => client.IsOpen).ShouldBeTrue();
        world.AtServer!.Hold();
        client.Say(new byte[1_000_000]);
        world.World.Run(TimeSpan.FromSeconds(10));
        world.AtServer.Received.ShouldBeEmpty();
        world.Proxy.Program.Waiting.ShouldBeInRange(64 << 10, MostHeld);
        client.Connection.Waiting.ShouldBeGreaterThan(1_000_000 - MostHeld);
        world.AtServer.Release();
        world.Until(() => world.AtServer.Received.Count == 1_000_000, 60).ShouldBeTrue();
    }

    [Theory]
    [InlineData(ProxyProtocol.Http, "203.0.113.2:80", "The proxy answers CONNECT to 203.0.113.2:80 with 403.")]
    [InlineData(ProxyProtocol.Http, "203.0.113.4:443", "The proxy answers CONNECT to 203.0.113.4:443 with 502.")] // nobody listens there
    [InlineData(ProxyProtocol.Http, "203.0.113.9:443", "The proxy answers CONNECT to 203.0.113.9:443 with 504.")] // nobody is there
    [InlineData(ProxyProtocol.Http, "[2001:db8::2]:443", "The proxy answers CONNECT to [2001:db8::2]:443 with 504.")]
    [InlineData(ProxyProtocol.Socks5, "203.0.113.2:25", "The proxy does not connect to 203.0.113.2:25 (SOCKS5 reply 2).")]
    [InlineData(ProxyProtocol.Socks5, "203.0.113.4:443", "The proxy does not connect to 203.0.113.4:443 (SOCKS5 reply 5).")]
    [InlineData(ProxyProtocol.Socks5, "203.0.113.9:443", "The proxy does not connect to 203.0.113.9:443 (SOCKS5 reply 4).")]
    public void What_cannot_be_reached_is_refused_with_the_reason_and_nothing_is_left(ProxyProtocol protocol, string target, string refusal)
    {
        var world = new ProxyWorld(rules: new() { SocksPorts = [443] });
        var client = world.Dial(protocol, Endpoint.Parse(target));
        world.Until(() => client.IsClosed, 40).ShouldBeTrue();
        (client.IsOpen, client.Refusal).ShouldBe((false, refusal));
        world.World.Run(TimeSpan.FromSeconds(1));
        world.Proxy.Program.Tunnels.ShouldBe(0);
    }

    [Fact]
    public void A_proxy_that_is_asked_for_itself_over_and_over_stops_at_its_bound_and_gives_up_the_chain()
    {
        var world = new ProxyWorld(rules: new() { HttpPorts = [] });
        var client = world.Talk(ProxyProtocol.Http);
        for (var i = 0; i <= ProxyProgram.MostTunnels; i++)
        {
            client.Say("CONNECT 203.0.113.4:3128 HTTP/1.1\r\nHost: a\r\n\r\n"u8); // each through all that stand
        }

        var most = 0;
        world.Until(() =>
        {
            most = Math.Max(most, world.Proxy.Program.Tunnels);
            return client.IsClosed;
        }, 60).ShouldBeTrue();
        most.ShouldBe(ProxyProgram.MostTunnels);
        world.Until(() => world.Proxy.Program.Tunnels == 0).ShouldBeTrue();
    }

    [Fact]
    public void Clients_without_number_that_say_nothing_are_bounded_and_go()
    {
        var world = new ProxyWorld();
        var clients = Enumerable.Range(0, 2 * ProxyProgram.MostTunnels).Select(_ => world.Talk(ProxyProtocol.Socks5)).ToArray();
        world.World.Run(TimeSpan.FromSeconds(1));
        world.Proxy.Program.Tunnels.ShouldBe(ProxyProgram.MostTunnels);
        var first = clients.Where(client => client.IsOpen).ToArray();
        first.Length.ShouldBe(ProxyProgram.MostTunnels);
        world.World.Run(TimeSpan.FromSeconds(60));
        first.ShouldAllBe(client => client.IsClosed);
        clients.ShouldAllBe(client => client.IsOpen, "the others asked again until there was room");
    }

    [Theory]
    [InlineData(ProxyProtocol.Http)]
    [InlineData(ProxyProtocol.Socks5)]
    public void A_client_that_floods_before_it_is_let_through_is_cut_and_holds_little(ProxyProtocol protocol)
    {
        var world = new ProxyWorld();
        var client = world.Talk(protocol);
        client.Say([.. Enumerable.Repeat((byte)5, 1_000_000)]);
        world.Until(() => client.IsClosed, 40).ShouldBeTrue();
        world.Proxy.Program.Tunnels.ShouldBe(0);
    }

    [Fact]
    public void What_is_said_while_the_proxy_dials_waits_and_then_arrives()
    {
        var world = new ProxyWorld();
        var client = world.Talk(ProxyProtocol.Http);
        client.Say("CONNECT 203.0.113.2:443 HTTP/1.1\r\nHost: a\r\n\r\nfirst "u8);
        world.Until(() => world.Proxy.Program.Tunnels == 1).ShouldBeTrue();
        world.World.Run(TimeSpan.FromMilliseconds(22)); // the request is there, the target's answer is not
        client.Say("second"u8);
        world.Until(() => world.AtServer?.Received.Count == 12).ShouldBeTrue();
        world.AtServer!.Received.ShouldBe("first second"u8.ToArray());
        client.Received.ShouldBe("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray());
    }

    [Fact]
    public void A_proxy_that_is_killed_resets_what_it_does_not_know_any_more_and_serves_again_once_started()
    {
        var world = new ProxyWorld();
        var client = world.Dial(ProxyProtocol.Socks5);
        world.Until(() => client.IsOpen).ShouldBeTrue();
        world.World.Run(TimeSpan.FromSeconds(1));
        world.Proxy.Kill();
        world.World.Run(TimeSpan.FromSeconds(60));
        client.IsClosed.ShouldBeFalse("nobody has told it");
        client.Say("anybody?"u8);
        world.Until(() => client.IsClosed, 1).ShouldBeTrue();
        var refused = world.Dial(ProxyProtocol.Socks5);
        world.Until(() => refused.IsClosed, 1).ShouldBeTrue();
        world.Proxy.Start();
        var again = world.Dial(ProxyProtocol.Socks5);
        world.Until(() => again.IsOpen).ShouldBeTrue();
    }
}
