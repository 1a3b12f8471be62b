using System.Runtime.CompilerServices;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Sessions;

/// <summary>Who means harm is refused across real NATs, and a call that stands hears nothing of it.</summary>
[Trait("part", "net")]
public class HostileTests
{
    [Fact]
    public void A_foreign_key_and_rude_frames_are_refused_in_one_sentence_and_a_call_goes_on()
    {
        var network = new Network();
        using var peers = new TwoPeers(network, network.AddSite().Client, network.AddSite().Client);
        var mallory = new PosternHost(network, network.AddSite().Client, "mallory");
        peers.Chat("Punched");

        var refused = mallory.Run("login", $"alice@{network.Server.Address}");
        refused.ExitCode.ShouldBe(4, refused.Errors);
        refused.Errors.Trim().ShouldContain("belongs to another key");
        refused.Errors.Trim().ShouldNotContain("\n");

        foreach (var kind in new[] { "nonsense", "deep", "oversized", "binary", "early" })
        {
            var answer = mallory.Host.Run("python3", [Script(), network.Server.Address, "4780", kind], null, 40);
            answer.ExitCode.ShouldBe(0, answer.Errors);
            answer.Output.ShouldContain("\"refused\"", Case.Sensitive, $"{kind}: {answer.Output}");
            answer.Output.ShouldContain("sentence");
        }

        peers.Exchange(50, "undisturbed");
        PosternHost.LastPath(peers.AliceChat).ShouldBe("Punched");
    }

    private static string Script([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../counterparts/rude_websocket.py"));
}
