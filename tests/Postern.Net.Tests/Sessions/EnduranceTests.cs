using System.Diagnostics;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Sessions;

/// <summary>What a session survives.</summary>
[Trait("part", "net")]
public class EnduranceTests
{
    [Fact]
    public void When_UDP_between_the_networks_is_dropped_the_talk_goes_on_over_the_relay_and_later_moves_back()
    {
        var network = new Network();
        var (one, other) = (network.AddSite(), network.AddSite());
        using var peers = new TwoPeers(network, one.Client, other.Client);
        peers.Chat("Punched");
        peers.Exchange(50, "before");

        using (network.Core.BlockUdp(one.PublicAddress, other.PublicAddress))
        {
            var dropped = Stopwatch.StartNew();
            peers.Exchange(20, "during", seconds: 15);
            dropped.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
            peers.WaitForPath("Relayed", 5);
            peers.Exchange(50, "relayed");
        }

        peers.WaitForPath("Punched", 40);
        peers.Exchange(50, "after");
    }

    [Fact]
    public void A_killed_server_does_not_end_the_talk_and_both_are_registered_again_soon()
    {
        using var peers = TwoPeers.Behind(new());
        peers.Chat("Punched");
        peers.Exchange(50, "before");

        peers.Up.Kill();
        peers.Exchange(50, "without a server");
        peers.StartServer();
        Waiting.Until(
            () => IsBack(peers.AliceChat) && IsBack(peers.BobChat),
            10,
            peers.Both);
        peers.Exchange(50, "after");
        PosternHost.LastPath(peers.AliceChat).ShouldBe("Punched");
    }

    private static bool IsBack(Background chat)
    {
        var registrations = PosternHost.Events(chat).Select(happened => happened.GetProperty("event").GetString()).Where(name => name is "registered" or "unregistered").ToList();
        return registrations.Contains("unregistered") && registrations[^1] == "registered";
    }
}
