using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Kernel;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Lab;

/// <summary>Laboratories come and go without a trace.</summary>
public class LabNetworksTests
{
    public LabNetworksTests() => LabRun.Require();

    [Fact]
    public void A_program_runs_in_its_host_with_its_names_and_its_exit_code()
    {
        using var lab = new LabRun("home-and-public");
        lab.Run("alice", "sh", "-c", "cat /etc/hosts; ip -br addr; exit 7").ExitCode.ShouldBe(7);
        var outcome = lab.Run("alice", "sh", "-c", "cat /etc/hosts; ip -br addr");
        outcome.Output.ShouldContain("203.0.113.2 server");
        outcome.Output.ShouldContain("192.168.1.10/24");
        lab.Run("alice", "ping", "-c", "1", "-W", "2", "bob").ExitCode.ShouldBe(0);
        lab.Run("alice", "no-such-program").ShouldBe(new(1, "", "postern: 'no-such-program' cannot be run: No such file or directory.\n"));
        lab.Run("nobody", "true").Errors.ShouldContain($"There is no 'nobody' in {lab.Name}; there are server, alice, bob, home, internet.");
        File.ReadAllText("/etc/hosts").ShouldNotContain("203.0.113.2 server");
    }

    [Fact]
    public void Two_laboratories_stand_side_by_side_with_the_same_addresses()
    {
        using var one = new LabRun("two-homes", "--box", "linux", "--box", "sequential-5");
        using var other = new LabRun("two-homes", "--box", "linux-random");
        using var server = one.Udp("server", 5000);
        using var otherServer = other.Udp("server", 5000);
        using var alice = one.Udp("alice", 4444);
        using var otherAlice = other.Udp("alice", 4444);
        LabRun.Send(alice, "203.0.113.2", 5000, "one");
        LabRun.Send(otherAlice, "203.0.113.2", 5000, "other");
        LabRun.Receive(server).ShouldBe(("198.51.100.2", 4444, "one"));
        LabRun.Receive(otherServer).Text.ShouldBe("other");
        LabNetworks.List().ShouldContain(one.Name);
        LabNetworks.List().ShouldContain(other.Name);

        other.Dispose();
        LabRun.Send(alice, "203.0.113.2", 5000, "still here");
        LabRun.Receive(server).Text.ShouldBe("still here");
    }

    /// <summary>Whoever takes the last one down takes the common folder with it, at any moment of another's coming up.</summary>
    [Fact]
    public void Folders_come_and_go_at_the_same_time() => Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
    {
        var name = $"folder-{Environment.ProcessId}-{i}";
        LabFolders.Make(name);
        LabFolders.Names().ShouldContain(name);
        LabFolders.Remove(name);
    });

    [Fact]
    public void The_next_step_that_up_suggests_works_as_printed_also_where_two_laboratories_have_such_a_host()
    {
        using var one = new LabRun("one-home");
        using var other = new LabRun("one-home", "--box", "public");
        var suggested = other.Said.Split('\n').Single(line => line.StartsWith("  postern lab run ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ran = Shell.Try(PosternProgram.Path, suggested[1..]);
        ran.ExitCode.ShouldBe(0, ran.Errors);
        ran.Output.ShouldContain("198.51.100."); // the public box's host has such an address, the other one's has not
    }

    [Fact]
    public void A_host_s_neighbours_and_multicast_are_named_in_its_trace()
    {
        using var lab = new LabRun("one-home");
        using var trace = lab.Trace("alice");
        lab.Run("alice", "ip", "-6", "neigh", "flush", "dev", "eth0");
        lab.Run("alice", "ping", "-6", "-c", "1", "-W", "2", "server").ExitCode.ShouldBe(0);
        trace.WaitFor(" neighbour solicitation ");
        trace.WaitFor(" neighbour advertisement ");
        lab.Run("alice", "ip", "link", "set", "eth0", "down");
        lab.Run("alice", "ip", "link", "set", "eth0", "up");
        trace.WaitFor(" multicast listener report ");
        trace.Output.ShouldNotContain(" to ,");
        trace.Output.ShouldNotContain("of another kind");
    }

    [Fact]
    public void A_network_inside_a_carriers_reaches_the_internet_through_both_boxes()
    {
        using var lab = new LabRun("one-carrier", "--box", "linux", "--box", "firewall-1", "--box", "block-1024");
        foreach (var host in (string[])["alice", "bob"])
        {
            using var server = lab.Udp("server", 5000);
            using var client = lab.Udp(host, 4444);
            LabRun.Send(client, "203.0.113.2", 5000, host);
            var arrived = LabRun.Receive(server);
            (arrived.Address, arrived.Text).ShouldBe(("198.51.100.2", host));
            LabRun.Send(server, arrived.Address, arrived.Port, "back");
            LabRun.Receive(client).Text.ShouldBe("back");
            lab.Run(host, "ping", "-6", "-c", "1", "-W", "2", "server").ExitCode.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("udp-blocked", false, true)]
    [InlineData("web-only", false, true)]
    [InlineData("linux", true, true)]
    public void The_kernel_is_a_firewall_too(string box, bool letsUdp, bool letsWeb)
    {
        using var lab = new LabRun("one-home", "--box", box, "--router", "kernel");
        using var server = lab.Udp("server", 5000);
        using var alice = lab.Udp("alice", 4444);
        LabRun.Send(alice, "203.0.113.2", 5000, "udp");
        (LabRun.Receive(server, letsUdp ? 3000 : 200).Port > 0).ShouldBe(letsUdp);

        using var listener = lab.Tcp("server", 443, listens: true);
        using var client = lab.Tcp("alice", 4000, listens: false);
        Should.NotThrow(() => client.Connect("203.0.113.2", 443));
        client.Connected.ShouldBe(letsWeb);
    }

    [Theory]
    [InlineData("http-proxy-only", 3128, "kernel")]
    [InlineData("http-proxy-only", 3128, "tun")]
    [InlineData("socks-only", 1080, "kernel")]
    [InlineData("socks-only", 1080, "tun")]
    public void Where_a_box_names_a_proxy_its_host_is_reached_at_that_port_alone(string box, int port, string router)
    {
        using var lab = new LabRun("one-home", "--box", box, "--router", router);
        foreach (var (host, address, at, isReached) in new[] { ("proxy", "203.0.113.4", port, true), ("proxy", "203.0.113.4", 443, false), ("server", "203.0.113.2", port, false) })
        {
            using var listener = lab.Tcp(host, at, listens: true);
            using var client = lab.Tcp("alice", 4000 + at, listens: false);
            var refusal = Record.Exception(() => client.Connect(address, at));
            (refusal is null).ShouldBe(isReached, $"{address}:{at}");
        }
    }

    [Theory]
    [InlineData("kernel")]
    [InlineData("tun")]
    public void No_helper_rewrites_what_packets_carry(string router)
    {
        const string Register = "REGISTER sip:server SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.10:5060\r\nContact: <sip:alice@192.168.1.10:5060>\r\n\r\n";
        using var lab = new LabRun("one-home", "--router", router);
        using var server = lab.Udp("server", 5060);
        using var alice = lab.Udp("alice", 5060);
        LabRun.Send(alice, "203.0.113.2", 5060, Register);
        LabRun.Receive(server).ShouldBe(("198.51.100.2", 5060, Register));
    }

    [Fact]
    public void What_is_left_after_a_crash_is_taken_down_without_a_trace()
    {
        using var lab = new LabRun("two-homes", "--box", "firewall-1");
        var sleeper = lab.Start("lab", "run", "--lab", lab.Name, "alice", "--", "sh", "-c", "echo ready; exec sleep 60");
        sleeper.WaitFor("ready");
        foreach (var id in Shell.Run("ip", ["netns", "pids", LabNames.Namespace(lab.Name, "home-a")]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Shell.Run("kill", ["-9", id]); // the router
        }

        File.Delete(Path.Combine(lab.Folder, "lab.json"));
        Shell.Run("ip", ["netns", "del", LabNames.Namespace(lab.Name, "server")]); // half of it is gone already
        Shell.Run(PosternProgram.Path, ["lab", "list"]).ShouldContain($"{lab.Name}: half-built or half-removed");

        Shell.Run(PosternProgram.Path, ["lab", "down", lab.Name]);

        LabNetworks.List().ShouldNotContain(lab.Name);
        Directory.GetFiles("/run/netns").ShouldNotContain(path => path.Contains($"{lab.Name}."));
        Directory.Exists(lab.Folder).ShouldBeFalse();
        sleeper.WaitForExit(5).ExitCode.ShouldBe(137);
        Shell.Run("ps", ["-eo", "args"]).ShouldNotContain($"/{lab.Name}/");
        Shell.Run("ip", ["-br", "link"]).ShouldNotContain("inner");
    }

    [Fact]
    public void An_up_that_is_killed_leaves_nothing_that_down_does_not_find()
    {
        var name = $"t{Environment.ProcessId}-killed";
        using (var up = new Background(PosternProgram.Path, ["lab", "up", "two-homes", "--box", "firewall-1", "--name", name]))
        {
            SpinWait.SpinUntil(() => Directory.Exists("/run/netns") && LabNames.Namespaces(name).Count >= 3, TimeSpan.FromSeconds(20)).ShouldBeTrue();
            up.Kill();
        }

        Shell.Run(PosternProgram.Path, ["lab", "down", name]);
        LabNames.Namespaces(name).ShouldBeEmpty();
        Directory.Exists(LabNames.Folder(name)).ShouldBeFalse();
    }

    [Fact]
    public void A_host_s_packets_are_written_for_wireshark()
    {
        using var lab = new LabRun("one-home");
        var file = Path.Combine(lab.Folder, "alice.pcapng");
        using var trace = lab.Trace("alice", "--pcap", file);
        lab.Run("alice", "ping", "-4", "-c", "2", "-i", "0.2", "-W", "2", "server").ExitCode.ShouldBe(0);
        trace.Interrupt().ExitCode.ShouldBe(0);
        Shell.Run("tshark", ["-r", file, "-Y", "icmp and frame.interface_name == \"eth0\""]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(4);
    }

    [Fact]
    public void A_kernel_router_s_mappings_are_shown_as_they_happen()
    {
        using var lab = new LabRun("one-home");
        using var trace = lab.Trace("home");
        using var server = lab.Udp("server", 5000);
        using var alice = lab.Udp("alice", 4444);
        for (var i = 0; i < 3; i++)
        {
            LabRun.Send(alice, "203.0.113.2", 5000 + i, "hello"); // conntrack may still be starting when the first one goes
            Thread.Sleep(300);
        }

        trace.WaitFor("UDP 192.168.1.10:4444 is 198.51.100.2:4444 towards 203.0.113.2:500");
    }
}
