using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.Net.Tests.Networks;

/// <summary>That the networks do what the other tests here rely on.</summary>
[Trait("part", "net")]
public class NetworkTests
{
    [Fact]
    public void Masquerade_keeps_the_port()
    {
        using var network = new Network();
        var site = network.AddSite();
        using var server = Open(network.Server, 5000);
        using var client = Open(site.Client, 4444);

        Send(client, network.Server.Address, 5000, "who am I");
        Receive(server).ShouldBe((site.PublicAddress, 4444, "who am I"));
    }

    [Fact]
    public void Masquerade_fully_random_has_another_port_for_each_destination()
    {
        using var network = new Network();
        var site = network.AddSite(new(Mapping.FullyRandom));
        using var server = Open(network.Server, 5000);
        using var client = Open(site.Client, 4444);

        Send(client, network.Server.Address, 5000, "one");
        Send(client, network.Server.SecondAddress, 5000, "two");
        var (one, two) = (Receive(server), Receive(server));

        one.Address.ShouldBe(site.PublicAddress);
        two.Address.ShouldBe(site.PublicAddress);
        new[] { one.Port, two.Port, 4444 }.ShouldBeUnique();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_what_was_asked_for_comes_in(bool acceptsInput)
    {
        using var network = new Network();
        var site = network.AddSite(new(AcceptsInput: acceptsInput));
        using var server = Open(network.Server, 5000);
        using var client = Open(site.Client, 4444);

        Send(server, site.PublicAddress, 4444, "unsolicited");
        Receive(client, 200).ShouldBe(Nothing);

        Send(client, network.Server.Address, 5000, "hello");
        var (address, port, _) = Receive(server);
        Send(server, address, port, "answer");
        Receive(client).ShouldBe((network.Server.Address, 5000, "answer"));
        (port == 4444).ShouldBe(!acceptsInput);
    }

    [Fact]
    public void An_early_packet_to_a_router_that_accepts_input_takes_the_port_from_the_mapping()
    {
        using var network = new Network();
        var site = network.AddSite(new(AcceptsInput: true));
        using var server = Open(network.Server, 5000);
        using var client = Open(site.Client, 4444);

        Send(server, site.PublicAddress, 4444, "early");
        Receive(client, 100).ShouldBe(Nothing);
        Send(client, network.Server.Address, 5000, "hello");

        Receive(server).Port.ShouldNotBe(4444);
    }

    [Fact]
    public void A_packet_with_a_TTL_of_two_passes_its_own_router_and_dies_at_the_core()
    {
        using var network = new Network();
        var (one, other) = (network.AddSite(), network.AddSite());
        using var client = Open(one.Client, 4444);
        using var peer = Open(other.Client, 4444);
        var atCore = network.Core.CountUdp(one.PublicAddress, other.PublicAddress);
        var atRouter = other.Router.CountUdp(one.PublicAddress, other.PublicAddress);

        client.Ttl = 2;
        Send(client, other.PublicAddress, 4444, "opener");
        Wait(() => atCore.Read().Packets == 1);
        Thread.Sleep(50);
        atRouter.Read().ShouldBe(default);

        client.Ttl = 64;
        Send(peer, one.PublicAddress, 4444, "through the hole");
        Receive(client).ShouldBe((other.PublicAddress, 4444, "through the hole"));
        Send(client, other.PublicAddress, 4444, "and back");
        Receive(peer).ShouldBe((one.PublicAddress, 4444, "and back"));
        atRouter.Read().ShouldBe(new(1, 20 + 8 + 8));
    }

    [Fact]
    public void Udp_between_two_networks_is_dropped_and_let_through_at_run_time()
    {
        using var network = new Network();
        var (one, other) = (network.AddPublicHost(), network.AddPublicHost());
        using var sender = Open(one, 4444);
        using var receiver = Open(other, 4444);

        using (network.Core.BlockUdp(one.Address, other.Address))
        {
            Send(sender, other.Address, 4444, "blocked");
            Receive(receiver, 200).ShouldBe(Nothing);
        }

        Send(sender, other.Address, 4444, "open");
        Receive(receiver).Text.ShouldBe("open");
    }

    [Fact]
    public void IPv6_reaches_through_both_firewalls_only_when_both_were_opened()
    {
        using var network = new Network(ipv6: true);
        var (one, other) = (network.AddSite(), network.AddSite());
        using var a = Open(one.Client, 4444, IPAddress.IPv6Any);
        using var b = Open(other.Client, 4444, IPAddress.IPv6Any);

        Send(a, other.Client.Address6, 4444, "opens one side");
        Receive(b, 200).ShouldBe(Nothing);
        Send(b, one.Client.Address6, 4444, "opens the other");
        Receive(a).ShouldBe((other.Client.Address6, 4444, "opens the other"));
        Send(a, other.Client.Address6, 4444, "both open");
        Receive(b).ShouldBe((one.Client.Address6, 4444, "both open"));
    }

    [Fact]
    public void Computers_of_one_site_reach_each_other_without_their_router()
    {
        using var network = new Network();
        var site = network.AddSite(clients: 2);
        using var a = Open(site.Clients[0], 4444);
        using var b = Open(site.Clients[1], 4444);

        Send(a, site.Clients[1].Address, 4444, "neighbour");
        Receive(b).ShouldBe((site.Clients[0].Address, 4444, "neighbour"));
    }

    [Fact]
    public void A_forgotten_mapping_closes_the_way_back()
    {
        using var network = new Network();
        var site = network.AddSite();
        using var server = Open(network.Server, 5000);
        using var client = Open(site.Client, 4444);
        Send(client, network.Server.Address, 5000, "hello");
        Receive(server).Text.ShouldBe("hello");

        site.Router.FlushConntrack();
        Send(server, site.PublicAddress, 4444, "too late");
        Receive(client, 200).ShouldBe(Nothing);
    }

    [Fact]
    public void A_capture_shows_plain_text_that_passed()
    {
        using var network = new Network();
        var site = network.AddSite();
        using var server = Open(network.Server, 5000);
        using var client = Open(site.Client, 4444);
        using var capture = network.Core.StartCapture();

        Send(client, network.Server.Address, 5000, "a plain sentence");
        Receive(server);

        capture.Contains("a plain sentence").ShouldBeTrue();
        capture.Contains("another sentence").ShouldBeFalse();
    }

    [Fact]
    public void Programs_run_inside_and_are_gone_with_the_network()
    {
        Background sleeper;
        string name;
        using (var network = new Network())
        {
            name = network.Server.Name;
            network.Server.Run("sh", "-c", "echo out; echo err >&2; exit 3").ShouldBe(new(3, "out\n", "err\n"));
            network.Server.Run("sleep", ["60"], null, seconds: 0.2).ExitCode.ShouldBe(-1);
            network.Server.Check("ip", "-br", "addr").ShouldContain("203.0.113.2");

            sleeper = network.Server.Start("sh", "-c", "echo ready; read line; echo \"got $line\"; sleep 60; true");
            sleeper.WaitFor("ready");
            sleeper.Type("word");
            sleeper.WaitFor("got word");
        }

        Directory.Exists($"/proc/{sleeper.Id}").ShouldBeFalse();
        File.Exists($"/run/netns/{name}").ShouldBeFalse();
    }

    [Fact]
    public void What_a_dead_test_process_left_is_removed_and_what_a_living_one_uses_is_not()
    {
        using var network = new Network();
        const string Left = "pstn-2147483647-1-server"; // above every pid_max
        Shell.Run("ip", ["netns", "add", Left]);
        using var sleeper = new Background("ip", ["netns", "exec", Left, "sh", "-c", "echo ready; exec sleep 60"]);
        sleeper.WaitFor("ready"); // it is inside

        Leftovers.RemoveOfTheDead();

        File.Exists($"/run/netns/{Left}").ShouldBeFalse();
        sleeper.WaitForExit(10).ExitCode.ShouldBe(137);
        File.Exists($"/run/netns/{network.Server.Name}").ShouldBeTrue();
    }

    [Fact]
    public void A_router_forgets_a_mapping_when_its_time_is_over()
    {
        using var network = new Network();
        var site = network.AddSite();
        site.Router.SetSysctl("net.netfilter.nf_conntrack_udp_timeout", 1);
        using var server = Open(network.Server, 5000);
        using var client = Open(site.Client, 4444);
        Send(client, network.Server.Address, 5000, "hello");
        Receive(server).Text.ShouldBe("hello");

        Thread.Sleep(1500);
        Send(server, site.PublicAddress, 4444, "too late");
        Receive(client, 200).ShouldBe(Nothing);
    }

    private static readonly (string Address, int Port, string Text) Nothing = ("", 0, "");

    private static Socket Open(Host host, int port, IPAddress? any = null) => host.Inside(() =>
    {
        any ??= IPAddress.Any;
        var socket = new Socket(any.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(any, port));
        return socket;
    });

    private static void Send(Socket socket, string address, int port, string text) =>
        socket.SendTo(Encoding.UTF8.GetBytes(text), new IPEndPoint(IPAddress.Parse(address), port));

    private static (string Address, int Port, string Text) Receive(Socket socket, int milliseconds = 2000)
    {
        if (!socket.Poll(TimeSpan.FromMilliseconds(milliseconds), SelectMode.SelectRead))
        {
            return Nothing;
        }

        var buffer = new byte[2048];
        EndPoint from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var length = socket.ReceiveFrom(buffer, ref from);
        return (((IPEndPoint)from).Address.ToString(), ((IPEndPoint)from).Port, Encoding.UTF8.GetString(buffer, 0, length));
    }

    private static void Wait(Func<bool> condition)
    {
        SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(3)).ShouldBeTrue();
    }
}
