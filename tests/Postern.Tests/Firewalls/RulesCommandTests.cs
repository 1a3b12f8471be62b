using System.Text.Json;
using Postern.Net.Tests.Networks;

namespace Postern.Tests.Firewalls;

/// <summary><c>postern rules</c> as its user types it, in a home that has nothing in it.</summary>
public sealed class RulesCommandTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("postern-rules-").FullName;

    [Fact]
    public void The_policy_is_said_in_plain_words_with_its_size_and_its_warnings()
    {
        var outcome = Run("skype", "--at", "router", "--for", "client=192.168.1.10:14400", "--os", "client=windows", "--family", "4");
        (outcome.ExitCode, outcome.Errors).ShouldBe((0, ""));
        outcome.Output.ShouldContain("# open: IPv4 udp 2^49.0, IPv4 tcp 2^62.0\n");
        outcome.Output.ShouldContain("[outgoing-control]");
        outcome.Output.ShouldContain("# warning: Skype (the peer-to-peer client) has ended (2025-05-05).");
        outcome.Output.ShouldContain("skype:in-udp  opens 2^48.0\n    hand to 192.168.1.10 udp from net to the firewall port 14400: The same over UDP.\n");
        outcome.Output.ShouldContain("skype:out-tcp  opens 2^62.0\n    let pass tcp from 192.168.1.10 in loc port 49152-65535 to net port 1024-65535: ");
        Directory.Exists(Path.Combine(_home, "config")).ShouldBeFalse(); // nothing is written unless asked for
    }

    [Fact]
    public void Nothing_is_written_where_strictness_would_leave_something_out()
    {
        var strict = Run("skype", "--at", "router", "--for", "client=192.168.1.0/24", "--family", "4", "--strict");
        (strict.ExitCode, strict.Output).ShouldBe((7, ""));
        strict.Errors.ShouldContain("--strict: 2 would have been left out; nothing was written.");
        var lenient = Run("skype", "--at", "router", "--for", "client=192.168.1.0/24", "--family", "4");
        lenient.ExitCode.ShouldBe(0);
        lenient.Output.ShouldContain("# left out: skype:in-tcp, skype:in-udp: is not opened for IPv4");
    }

    [Fact]
    public void What_opens_nothing_fails_unless_it_is_there_to_refuse()
    {
        Run("skype", "--at", "router", "--for", "client=2001:db8::1", "--family", "4").ExitCode.ShouldBe(6);
        Run("netbios-noise", "--at", "router").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_refusal_keeps_the_application_in()
    {
        var outcome = Run("skype", "--at", "router", "--deny", "--except", "dns=192.0.2.53");
        outcome.ExitCode.ShouldBe(0);
        outcome.Output.ShouldContain("refusal:udp\n    refuse udp from loc to net: ");
        outcome.Output.ShouldContain("refusal:dns  opens 2^48.0\n    let pass udp from loc to 192.0.2.53 in net port 53: ");
        outcome.Output.ShouldContain("[refusal-udp]");
    }

    [Fact]
    public void A_zones_file_says_who_lives_where()
    {
        var zones = Path.Combine(_home, "zones.json");
        File.WriteAllText(zones, """
            { "at": "router", "zones": [{ "name": "wan", "interfaces": ["ppp0"], "outside": true },
              { "name": "lab", "interfaces": ["eth7"], "addresses": "10.1.0.0/16", "nat": true }] }
            """);
        Run("irc", "--zones", zones, "--for", "client=10.1.2.3", "--family", "4").Output.ShouldContain("from 10.1.2.3 in lab");
        Run("irc", "--zones", zones, "--at", "host").ShouldSatisfyAllConditions(
            outcome => outcome.ExitCode.ShouldBe(2), outcome => outcome.Errors.ShouldBe("postern: --at says host, and the zones file says router.\n"));
        File.WriteAllText(zones, """{ "at": "router", "zones": [{ "name": "wan", "outside": true }] }""");
        Run("irc", "--zones", zones).Errors.ShouldBe("postern: In the zones file, zone 'wan' of a router has no \"interfaces\".\n");
    }

    [Fact]
    public void Files_go_into_a_folder_and_over_nothing()
    {
        var folder = Path.Combine(_home, "out");
        Run("irc", "--out", folder).Output.Trim().ShouldBe(Path.Combine(folder, "rules.txt"));
        File.ReadAllText(Path.Combine(folder, "rules.txt")).ShouldContain("irc:");
        Run("irc", "--out", folder).ExitCode.ShouldBe(0); // the same again
        var other = Run("xmpp", "--out", folder);
        other.ExitCode.ShouldBe(1);
        other.Errors.ShouldContain("is there already; choose another folder, or say --force.");
        Run("xmpp", "--out", folder, "--force").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Json_is_one_object_with_all_that_is_said()
    {
        var outcome = Run("skype", "--json", "--at", "router", "--for", "client=192.168.1.10", "--family", "4");
        (outcome.ExitCode, outcome.Errors).ShouldBe((0, ""));
        using var json = JsonDocument.Parse(outcome.Output);
        var rules = json.RootElement.GetProperty("rules").EnumerateArray().ToDictionary(rule => rule.GetProperty("id").GetString()!);
        rules["skype:in-udp"].GetProperty("forwardTo").GetString().ShouldBe("192.168.1.10");
        rules["skype:in-udp"].GetProperty("bits").GetDouble().ShouldBe(48);
        rules["skype:mapping"].GetProperty("phase").GetString().ShouldBe("noise");
        json.RootElement.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("id").GetString()).ShouldContain("outgoing-control");
        json.RootElement.GetProperty("files")[0].GetProperty("text").GetString()!.ShouldContain("skype:in-udp");
    }

    [Theory]
    [InlineData(1, "nonsuch")]
    [InlineData(2, "irc", "--format", "nonsuch")]
    [InlineData(2, "irc", "--for", "nobody=192.0.2.1")]
    [InlineData(2, "irc", "--for", "client=a b")]
    [InlineData(2, "irc", "--os", "client=plan9")]
    [InlineData(2, "irc", "--set", "nonsuch=1")]
    [InlineData(2, "irc", "--at", "moon")]
    [InlineData(2, "irc", "--family", "5")]
    [InlineData(2, "irc", "--into", "x; drop")]
    [InlineData(2, "irc", "--whole", "--undo")]
    [InlineData(2, "irc", "--except", "dns")]
    [InlineData(2, "skype", "--for", "client=192.0.2.1:80")]
    [InlineData(1, "irc", "--zones", "/nonsuch")]
    public void What_makes_no_sense_is_one_sentence(int code, params string[] arguments)
    {
        var outcome = Run(arguments);
        (outcome.ExitCode, outcome.Output).ShouldBe((code, ""));
        outcome.Errors.Trim().Split('\n').ShouldHaveSingleItem().ShouldStartWith("postern: ");
    }

    [Fact]
    public void The_help_is_a_manual()
    {
        var help = Run("--help").Output;
        help.ShouldContain("Examples:");
        help.ShouldContain("Exit codes:");
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private Outcome Run(params string[] arguments)
    {
        using var run = new Background(PosternProgram.Path, [.. arguments.Prepend("rules")], PosternProgram.HomeIn(_home));
        return run.WaitForExit(300);
    }
}
