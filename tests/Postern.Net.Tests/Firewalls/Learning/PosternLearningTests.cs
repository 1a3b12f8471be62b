using Postern.Net.Tests.Networks;
using Postern.Net.Tests.Sessions;

namespace Postern.Net.Tests.Firewalls.Learning;

public class PosternLearningTests
{
    /// <summary>Each call has new ports at both ends; fewer would be a list of ports, and the next call would have others.</summary>
    private const int Calls = 8;

    [Fact]
    public void The_rules_of_a_postern_call_are_learnt_and_let_the_next_calls_go_directly()
    {
        LearningLab.Require();
        using var lab = new LearningLab();
        var friend = lab.Network.AddPublicHost();
        var server = new PosternHost(lab.Network, lab.Server, "server");
        using var up = server.Up("--listen", lab.Server.SecondAddress, "--allow-peer", "203.0.113.0/24", "--allow-peer", "198.51.100.0/24");
        var bob = new PosternHost(lab.Network, friend, "bob").Login(lab.Server.Address);
        using var answering = bob.Start("chat", "--probe", "fast", "--json");
        answering.WaitFor("registered", 20);

        // The friend can be reached at an address of the relay's as well.
        var learned = lab.Learn(
            "postern",
            () => CallsGoDirectly(lab),
            ("client", lab.Client.Address), ("server", lab.Server.Address), ("server", lab.Server.SecondAddress), ("peer", friend.Address), ("peer", lab.Server.Address));

        var rules = learned["rules"]!.AsArray();
        rules.ShouldAllBe(rule => (string?)rule!["application"] == "postern");
        rules.Select(rule => (string)rule!["flow"]!).ShouldBe(["switchboard", "relay", "direct"], learned.ToString());
    }

    /// <summary>Alice proves that her name is hers, and calls Bob again and again, more often than polite probing would; each call ends on the direct path.</summary>
    private static bool CallsGoDirectly(LearningLab lab)
    {
        var alice = new PosternHost(lab.Network, lab.Client, "alice");
        return alice.Run(10, "login", $"alice@{lab.Server.Address}").Succeeded && Enumerable.Range(0, Calls).All(_ =>
            alice.Run(20, "ping", "bob", "--probe", "fast", "--count", "8", "--interval", "0.2", "--json") is { Succeeded: true } outcome
            && outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Last(line => line.Contains("\"ping\"")).Contains("\"Host\""));
    }
}
