using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Lab;

/// <summary>Real packets through our own router.</summary>
public class TunRouterTests
{
    private const string Server = "203.0.113.2";
    private const string Server6 = "2001:db8::2";
    private const string Topology = """
        {
          "networks": { "home": { "box": "BOX", "router": "tun", "up": { UP }, "down": { DOWN } } },
          "hosts": { "server": { "addresses": 2 }, "alice": { "in": "home" }, "anna": { "in": "home" } }
        }
        """;

    public TunRouterTests() => LabRun.Require();

    [Fact]
    public void Ping_UDP_TCP_and_fragments_pass_with_right_checksums()
    {
        using var lab = new LabRun("one-home", "--box", "firewall-1");
        var file = Path.Combine(lab.Folder, "home.pcapng");
        using var trace = lab.Trace("home", "--pcap", file);

        lab.Run("alice", "ping", "-4", "-c", "1", "-W", "2", "server").ExitCode.ShouldBe(0);
        lab.Run("alice", "ping", "-6", "-c", "1", "-W", "2", "server").ExitCode.ShouldBe(0);
        foreach (var (isIpv6, address, length) in ((bool, string, int)[])[(false, Server, 1), (false, Server, 3000), (true, Server6, 1), (true, Server6, 3000)])
        {
            Echo(lab, isIpv6, address, length);
        }

        Stream(lab);
        trace.Interrupt().ExitCode.ShouldBe(0);

        Tshark(file, "ip.checksum.status == 0 or udp.checksum.status == 0 or tcp.checksum.status == 0 or icmp.checksum.status == 0 or icmpv6.checksum.status == 0 or _ws.malformed")
            .ShouldBeEmpty();
        // Four datagrams there and back, on both sides; but one of IPv6 in fragments is the same on both, and tshark puts it together once.
        Tshark(file, "udp.checksum.status == 1").Length.ShouldBe((4 * 4) - 2);
        Tshark(file, "frame.interface_name == \"inner\" and udp").Length.ShouldBe(8 - 1);
        Tshark(file, "tcp.checksum.status == 1").Length.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Ports_are_given_out_in_sequence_and_a_stranger_is_not_let_in()
    {
        using var lab = new LabRun("one-home", "--box", "firewall-1");
        using var trace = lab.Trace("home");
        using var server = lab.Udp("server", 5000);
        using var stranger = lab.Udp("server", 5001);
        using var alice = lab.Udp("alice", 4444);
        var ports = new List<int>();
        foreach (var port in (int[])[5000, 5000, 5001])
        {
            LabRun.Send(alice, port == 5000 ? ports.Count == 0 ? Server : "203.0.113.3" : Server, port, "hello");
            ports.Add(LabRun.Receive(port == 5000 ? server : stranger).Port);
        }

        ports.ShouldBe([ports[0], ports[0] + 1, ports[0] + 2]);
        using var third = lab.Udp("server", 5002);
        LabRun.Send(third, "198.51.100.2", ports[0], "not asked for");
        LabRun.Receive(alice, 200).Text.ShouldBe("");
        trace.WaitFor($"mapping  UDP 192.168.1.10:4444 is 198.51.100.2:{ports[0]} towards {Server}:5000");
        trace.WaitFor($"dropped  UDP {Server}:5002 to 198.51.100.2:{ports[0]}, from outside: Filtered");
        trace.Interrupt().ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_closed_port_outside_is_told_to_the_socket_inside()
    {
        using var lab = new LabRun("one-home", "--box", "firewall-1");
        foreach (var (isIpv6, address) in ((bool, string)[])[(false, Server), (true, Server6)])
        {
            using var alice = lab.Udp("alice", 4444, isIpv6);
            alice.Connect(IPAddress.Parse(address), 5999);
            alice.Send("knock"u8);
            Should.Throw<SocketException>(() => alice.Receive(new byte[10])).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        }
    }

    [Fact]
    public void The_time_to_live_ends_where_the_hops_say()
    {
        using var lab = Build("linux", "\"hops\": 3", "");
        using var server = lab.Udp("server", 5000);
        using var alice = lab.Udp("alice", 4444);
        alice.Ttl = 5; // box, three hops, core
        LabRun.Send(alice, Server, 5000, "too short");
        LabRun.Receive(server, 200).Text.ShouldBe("");
        alice.Ttl = 6;
        LabRun.Send(alice, Server, 5000, "enough");
        LabRun.Receive(server).Text.ShouldBe("enough");
        lab.Run("alice", "ping", "-4", "-c", "1", "-W", "2", "-t", "2", "server").Output.ShouldContain("Time to live exceeded");
    }

    [Fact]
    public void Delay_and_loss_are_those_of_the_description()
    {
        using var lab = Build("linux", "\"delay\": 30, \"loss\": 0.2", "\"delay\": 50");
        using var server = lab.Udp("server", 5000);
        using var alice = lab.Udp("alice", 4444);
        var times = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            var watch = Stopwatch.StartNew();
            LabRun.Send(alice, Server, 5000, "ping");
            if (LabRun.Receive(server, 300) is { Port: > 0 } ping)
            {
                LabRun.Send(server, ping.Address, ping.Port, "pong");
                LabRun.Receive(alice, 1000).Text.ShouldBe("pong");
                times.Add(watch.Elapsed.TotalMilliseconds);
            }
        }

        times.Min().ShouldBeInRange(79.9, 110);
        var arrived = 0;
        for (var burst = 0; burst < 10; burst++)
        {
            for (var i = 0; i < 100; i++)
            {
                LabRun.Send(alice, Server, 5000, "x"); // no more than the server's socket holds
            }

            while (LabRun.Receive(server, 150).Port > 0)
            {
                arrived++;
            }
        }

        arrived.ShouldBeInRange(700, 890); // 800, and eight times its deviation
    }

    [Fact]
    public void A_guard_raises_its_alarm_at_the_threshold_and_not_one_below()
    {
        using var lab = new LabRun("one-home", "--box", "guard-psd");
        using var trace = lab.Trace("home");
        using var alice = lab.Udp("alice", 4444);
        using var twentieth = lab.Udp("server", 5019);
        for (var i = 0; i < 20; i++)
        {
            LabRun.Send(alice, Server, 5000 + i, "knock");
        }

        LabRun.Receive(twentieth).Text.ShouldBe("knock");
        trace.Output.ShouldNotContain("ALARM");
        LabRun.Send(alice, Server, 5020, "knock");
        trace.WaitFor("ALARM    psd takes 192.168.1.10 for a scanner");
        trace.WaitFor($"dropped  UDP 192.168.1.10:4444 to {Server}:5020, from inside: Banned");
    }

    [Fact]
    public void Without_a_mapping_behind_it_a_public_box_lets_everybody_in()
    {
        using var lab = Build("public", "\"delay\": 5", "");
        using var server = lab.Udp("server", 5000);
        using var alice = lab.Udp("alice", 4444);
        LabRun.Send(server, "198.51.100.242", 4444, "from outside");
        LabRun.Receive(alice).ShouldBe((Server, 5000, "from outside"));
        LabRun.Send(alice, Server, 5000, "from inside");
        LabRun.Receive(server).ShouldBe(("198.51.100.242", 4444, "from inside"));
    }

    private static LabRun Build(string box, string up, string down)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        File.WriteAllText(file, Topology.Replace("BOX", box).Replace("UP", up).Replace("DOWN", down));
        try
        {
            return new LabRun(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Echo(LabRun lab, bool isIpv6, string address, int length)
    {
        using var server = lab.Udp("server", 5000, isIpv6);
        using var alice = lab.Udp("alice", 4444, isIpv6);
        var text = new string('x', length);
        LabRun.Send(alice, address, 5000, text);
        var arrived = LabRun.Receive(server);
        arrived.Text.ShouldBe(text);
        LabRun.Send(server, arrived.Address, arrived.Port, text);
        LabRun.Receive(alice).ShouldBe((address, 5000, text));
    }

    private static void Stream(LabRun lab)
    {
        using var listener = lab.Tcp("server", 80, listens: true);
        using var client = lab.Tcp("alice", 4000, listens: false);
        client.Connect(IPAddress.Parse(Server), 80);
        using var accepted = listener.Accept();
        accepted.ReceiveTimeout = 5000;
        const int Length = 100_000;
        client.Send(new byte[Length]);
        client.Shutdown(SocketShutdown.Send);
        var buffer = new byte[Length];
        var (got, last) = (0, 1);
        while (last > 0)
        {
            got += last = accepted.Receive(buffer);
        }

        got.ShouldBe(Length);
    }

    private static string[] Tshark(string file, string filter) => Shell.Run(
        "tshark", ["-r", file, "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-Y", filter])
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
