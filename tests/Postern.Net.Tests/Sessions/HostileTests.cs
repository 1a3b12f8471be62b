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
            var answer = mallory.Host.Run("python3", [Script("rude_websocket.py"), network.Server.Address, "4780", kind], null, 40);
            answer.ExitCode.ShouldBe(0, answer.Errors);
            answer.Output.ShouldContain("\"refused\"", Case.Sensitive, $"{kind}: {answer.Output}");
            answer.Output.ShouldContain("sentence");
        }

        peers.Exchange(50, "undisturbed");
        PosternHost.LastPath(peers.AliceChat).ShouldBe("Punched");
    }

    [Fact]
    public void Rude_frames_to_the_relay_end_their_own_stream_and_a_call_over_another_goes_on()
    {
        var network = new Network();
        using var peers = new TwoPeers(network, network.AddSite().Client, network.AddSite().Client);
        var mallory = network.AddSite().Client;
        peers.Alice.Host.ApplyRules("table inet own { chain out { type filter hook output priority filter; meta l4proto udp drop; }; }");
        peers.Chat("Relayed");
        foreach (var (kind, word) in new[] { ("nonsense", "binary messages"), ("oversized", "binary messages"), ("fragments", "at most"), ("chatter", "no allocation"), ("unmasked", "closed with 1002"), ("reserved", "closed with 1002"), ("binary", "no allocation") })
        {
            var answer = mallory.Run("python3", [Script("rude_websocket.py"), network.Server.Address, "4780", kind, "/relay"], null, 40);
            answer.ExitCode.ShouldBe(0, answer.Errors);
            answer.Output.ShouldContain(word, Case.Sensitive, $"{kind}: {answer.Output}");
        }

        peers.Exchange(50, "undisturbed");
    }

    [Fact]
    public void An_offer_whose_fingerprint_was_forged_on_the_way_is_refused_and_the_caller_is_told_why()
    {
        using var between = new Between("forge");
        var call = between.Alice.Run("chat", "bob", "hello");
        call.ExitCode.ShouldBe(4, call.Errors);
        call.Errors.ShouldContain("altered or forged");
        call.Errors.Trim().Split('\n').Length.ShouldBe(1, call.Errors);
        PosternHost.Texts(between.BobChat).ShouldBeEmpty();
    }

    [Fact]
    public void An_offer_that_comes_again_is_refused_and_disturbs_nobody()
    {
        using var between = new Between("replay");
        var call = between.Alice.Run("chat", "bob", "hello");
        call.ExitCode.ShouldBe(0, call.Errors);
        Waiting.Until(() => PosternHost.Texts(between.BobChat).Count == 1, 20, () => between.BobChat.Output + between.BobChat.Errors);
        for (var tries = 0; tries < 5 && !IsRefused(); tries++)
        {
            between.Tamperer.Type("again"); // as long as the client knows the conversation, its offer is passed over without a word
            SpinWait.SpinUntil(IsRefused, TimeSpan.FromSeconds(2));
        }

        between.Tamperer.WaitFor("\"refused\"", 20);
        between.Tamperer.Output.ShouldContain("sentence");
        Thread.Sleep(1000); // long enough for a second conversation, had it begun
        PosternHost.Texts(between.BobChat).ShouldBe(["hello"]);

        bool IsRefused() => between.Tamperer.Output.Contains("\"refused\"");
    }

    /// <summary>Alice and Bob behind NATs, and somebody between Bob and the switchboard.</summary>
    private sealed class Between : IDisposable
    {
        private readonly Network _network = new();
        private readonly Background _up;

        public Between(string mode)
        {
            var server = new PosternHost(_network, _network.Server, "server");
            _up = server.Up("--allow-peer", "203.0.113.0/24", "--allow-peer", "198.51.100.0/24");
            var middle = _network.AddPublicHost();
            Tamperer = middle.Start("python3", Script("tampering_switchboard.py"), middle.Address, _network.Server.Address, mode);
            Tamperer.WaitFor("between", 20);
            Alice = new PosternHost(_network, _network.AddSite().Client, "alice").Login(_network.Server.Address);
            BobChat = new PosternHost(_network, _network.AddSite().Client, "bob").Login(middle.Address).Start("chat", "--json");
            Waiting.Until(() => Tamperer.Output.Split("\"hello\"").Length > 2, 20, () => Tamperer.Output); // logged in by name, and again to wait
        }

        public Background Tamperer { get; }

        public PosternHost Alice { get; }

        public Background BobChat { get; }

        public void Dispose()
        {
            BobChat.Dispose();
            Tamperer.Dispose();
            _up.Dispose();
            _network.Dispose();
        }
    }

    private static string Script(string name, [CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../counterparts", name));
}
