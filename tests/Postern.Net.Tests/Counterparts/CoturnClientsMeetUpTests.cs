using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Counterparts;

/// <summary>coturn's own client tools against the relay as <c>postern up</c> runs it, with nothing set for their sake.</summary>
[Trait("part", "net")]
public sealed class CoturnClientsMeetUpTests
{
    private const string PeerPort = "3480";

    [Fact]
    public async Task Turnutils_uclient_gets_every_message_back()
    {
        await using var network = await RoutedPair.CreateAsync(forwards: false);
        using var relay = OurRelay.Start(network.Middle, RoutedPair.MiddleAddress);
        using var peer = new Background("ip", ["netns", "exec", network.Right, "turnutils_peer", "-L", RoutedPair.RightAddress, "-p", PeerPort]);
        foreach (var variant in (string[])["", "-s", "-c", "-c -s", "-y", "-y -s", "-y -c"])
        {
            string[] options = [.. variant.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. variant.Contains("-y") ? Array.Empty<string>() : ["-e", RoutedPair.RightAddress, "-r", PeerPort]];
            var said = Run(network.Left, "turnutils_uclient", [.. options, "-u", "joe", "-W", relay.Secret, "-n", "10", "-m", "2", "-p", $"{OurRelay.ListeningPort}", RoutedPair.MiddleAddress]);
            said.ShouldContain("Total lost packets 0 (0.000000%)", customMessage: variant);
        }
    }

    [Fact]
    public async Task Turnutils_uclient_takes_another_port_where_one_is_somebody_elses_allocation()
    {
        await using var network = await RoutedPair.CreateAsync(forwards: false);
        using var relay = OurRelay.Start(network.Middle, RoutedPair.MiddleAddress);
        using var peer = new Background("ip", ["netns", "exec", network.Right, "turnutils_peer", "-L", RoutedPair.RightAddress, "-p", PeerPort]);
        Run(network.Left, "sysctl", ["-q", "-w", "net.ipv4.ip_local_port_range=40000 40005"]); // every run takes three and leaves one allocated
        for (var run = 0; run < 3; run++)
        {
            Run(network.Left, "turnutils_uclient", ["-u", $"user-{run}", "-W", relay.Secret, "-n", "2", "-m", "2", "-e", RoutedPair.RightAddress, "-r", PeerPort, "-p", $"{OurRelay.ListeningPort}", RoutedPair.MiddleAddress])
                .ShouldContain("Total lost packets 0 (0.000000%)");
        }
    }

    [Fact]
    public async Task Turnutils_stunclient_and_natdiscovery_are_answered()
    {
        await using var network = await RoutedPair.CreateAsync(forwards: false);
        using var relay = OurRelay.Start(network.Middle, RoutedPair.MiddleAddress);
        Run(network.Left, "turnutils_stunclient", ["-p", $"{OurRelay.ListeningPort}", "-L", RoutedPair.LeftAddress, RoutedPair.MiddleAddress])
            .ShouldContain($"UDP reflexive addr: {RoutedPair.LeftAddress}");
        Run(network.Left, "turnutils_natdiscovery", ["-m", "-p", $"{OurRelay.ListeningPort}", "-L", RoutedPair.LeftAddress, RoutedPair.MiddleAddress])
            .ShouldContain("UDP reflexive addr");
    }

    private static string Run(string network, string program, string[] arguments)
    {
        var outcome = Shell.Try("ip", ["netns", "exec", network, program, .. arguments], seconds: 60);
        var said = outcome.Output + outcome.Errors;
        outcome.ExitCode.ShouldBe(0, said);
        return said;
    }
}
