using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Punch;

/// <summary>The experiment "DIY Hole Punching", with our own tool: a computer behind a firewall, and a public one that wants to reach it.</summary>
[Trait("part", "net")]
public class PunchTests
{
    [Fact]
    public void Hello_does_not_arrive_before_the_punch_and_does_after_it()
    {
        using var network = new Network();
        var site = network.AddSite();
        var (local, remote) = (site.Client, network.Server);
        var listener = local.StartPostern("punch", "listen", "--port", "14141", "--count", "1", "--for", "20");
        listener.WaitFor("Listening on UDP port 14141.");

        Knock(remote, site, "too early");
        Thread.Sleep(300);
        listener.Output.ShouldNotContain("too early");

        local.RunPostern("punch", "open", $"{remote.Address}:53", "--from-port", "14141").ShouldSatisfyAllConditions(
            opened => opened.ExitCode.ShouldBe(0, opened.Errors),
            opened => opened.Output.ShouldContain("port unreachable"));
        Knock(remote, site, "hello");

        var heard = listener.WaitForExit();
        heard.ExitCode.ShouldBe(0);
        heard.Output.ShouldBe($"Listening on UDP port 14141.\n{remote.Address}:53: hello\n");
    }

    /// <summary>The hole is in the own firewall: the packet that made it need not reach anybody.</summary>
    [Fact]
    public void A_punch_that_dies_behind_the_own_firewall_opens_it_all_the_same()
    {
        using var network = new Network();
        var site = network.AddSite();
        var atServer = network.Server.CountUdp(site.PublicAddress, network.Server.Address);
        var listener = site.Client.StartPostern("punch", "listen", "--count", "1", "--for", "20", "--json");
        listener.WaitFor("listening");

        site.Client.RunPostern("punch", "open", $"{network.Server.Address}:53", "--ttl", "2").ExitCode.ShouldBe(0);
        Knock(network.Server, site, "hello");

        listener.WaitForExit().Output.ShouldContain("\"text\":\"hello\"");
        atServer.Read().Packets.ShouldBe(0);
    }

    [Fact]
    public void Two_firewalls_want_a_punch_from_each_side()
    {
        using var network = new Network();
        var (alice, bob) = (network.AddSite(), network.AddSite());
        var listener = alice.Client.StartPostern("punch", "listen", "--count", "1", "--for", "20");
        listener.WaitFor("Listening");

        bob.Client.RunPostern("punch", "open", $"{alice.PublicAddress}:14141", "--from-port", "5300").ExitCode.ShouldBe(0);
        alice.Client.RunPostern("punch", "open", $"{bob.PublicAddress}:5300").ExitCode.ShouldBe(0);
        bob.Client.RunPostern("punch", "send", $"{alice.PublicAddress}:14141", "hello", "--from-port", "5300").ExitCode.ShouldBe(0);

        listener.WaitForExit().Output.ShouldEndWith($"{bob.PublicAddress}:5300: hello\n");
    }

    private static void Knock(Host remote, Site site, string text)
    {
        var sent = remote.RunPostern("punch", "send", $"{site.PublicAddress}:14141", text, "--from-port", "53");
        sent.ExitCode.ShouldBe(0, sent.Errors);
    }
}
