using System.Globalization;
using System.Text.Json;
using Postern.Net.Tests.Networks;
using Postern.Tests.Repository;

namespace Postern.Tests.Firewalls;

/// <summary><c>postern learn</c> as its user types it, in a home that has nothing in it.</summary>
public sealed class LearnCommandTests : IDisposable
{
    private const string Game = "docs/examples/unknown-game.log";

    private readonly string _home = Directory.CreateTempSubdirectory("postern-learn-").FullName;

    [Fact]
    public void A_log_becomes_rules_with_their_evidence()
    {
        var outcome = Run("learn", Game);
        (outcome.ExitCode, outcome.Errors).ShouldBe((0, ""));
        outcome.Output.ShouldStartWith("Read 30 lines: 30 open a flow. 15 different flows; 15 repetitions and 0 answers set aside.\n");
        outcome.Output.ShouldContain("accept  udp eth1:192.168.1.10 -> eth0:203.0.113.31,203.0.113.32/31 from port 27420 to port 27421   [learnt:udp-27421]\n");
        outcome.Output.ShouldContain("of 15 flows 15 pass");
        outcome.Output.ShouldContain("Watched for 5 days; ");
    }

    [Fact]
    public void Json_says_all_that_the_text_says()
    {
        using var json = JsonDocument.Parse(Run("learn", Game, "--json").Output);
        var root = json.RootElement;
        root.GetProperty("lines").GetProperty("flow").GetInt64().ShouldBe(30);
        (root.GetProperty("flows").GetInt64(), root.GetProperty("repeats").GetInt64()).ShouldBe((15L, 15L));
        root.GetProperty("coverage").GetProperty("passed").GetDouble().ShouldBe(15);
        root.GetProperty("observation").GetProperty("seconds").GetDouble().ShouldBeGreaterThan(4 * 24 * 3600);
        var rules = root.GetProperty("rules").EnumerateArray().ToDictionary(rule => rule.GetProperty("id").GetString()!);
        rules.Keys.Order().ShouldBe(["learnt:tcp-4443", "learnt:tcp-4453", "learnt:udp-27421"]);
        var login = rules["learnt:tcp-4443"];
        (login.GetProperty("sourcePorts").GetString(), login.GetProperty("destinationPorts").GetString()).ShouldBe(("32768-60999", "4443"));
        login.GetProperty("bits").GetDouble().ShouldBe(Math.Round(Math.Log2(28232), 2));
        login.GetProperty("neverSeen").GetProperty("sourcePorts").GetInt32().ShouldBe(28232 - 6);
        login.GetProperty("evidence").GetProperty("destinations").GetProperty("areMore").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public void How_hosts_were_generalised_is_shown_apart()
    {
        var log = Path.Combine(_home, "hosts.log");
        File.WriteAllLines(log, Enumerable.Range(1, 9).Select(i => $"IN=eth1 OUT=eth0 SRC=192.168.1.{i * 20} DST=198.51.100.7 PROTO=TCP SPT={40000 + i} DPT=7777 WINDOW=1 RES=0x00 SYN URGP=0"));
        Run("learn", log).Output.ShouldContain("(--network PREFIX, where you know theirs, opens less than a zone):\n  learnt:tcp-7777: all of eth1 (9 seen) -> 198.51.100.7; +28.8 bits\n");
        Run("learn", log, "--network", "192.168.1.0/24").Output.ShouldContain("too many were seen to name them:\n  learnt:tcp-7777: 192.168.1.0/24 (9 seen, 247 never) -> 198.51.100.7; +4.8 bits\n");
        using var json = JsonDocument.Parse(Run("learn", log, "--network", "192.168.1.0/24", "--json").Output);
        var sources = json.RootElement.GetProperty("rules")[0].GetProperty("evidence").GetProperty("sources");
        (sources.GetProperty("kind").GetString(), sources.GetProperty("opened").GetString(), sources.GetProperty("neverSeen").GetDouble()).ShouldBe(("prefixes", "192.168.1.0/24", 247d));
    }

    [Fact]
    public void With_a_format_the_rules_stand_alone_on_standard_output()
    {
        var outcome = Run("learn", Game, "--format", "nftables");
        outcome.ExitCode.ShouldBe(0);
        outcome.Output.ShouldContain("postern:learnt:udp-27421");
        outcome.Output.ShouldNotContain("Replayed");
        outcome.Errors.ShouldContain("Replayed: of 15 flows 15 pass");
    }

    [Fact]
    public void What_is_saved_is_an_entry_that_the_catalogue_takes()
    {
        var folder = Path.Combine(_home, "config", "postern", "applications");
        Directory.CreateDirectory(folder);
        using (var run = new Background("sh", ["-c", $"cd '{folder}' && exec '{PosternProgram.Path}' learn '{Path.GetFullPath(Game, Checkout.Root)}' --save my-game"], PosternProgram.HomeIn(_home)))
        {
            run.WaitForExit(300).ExitCode.ShouldBe(0);
        }

        Run("catalogue", "check", Path.Combine(folder, "my-game.json")).ShouldSatisfyAllConditions(
            outcome => outcome.ExitCode.ShouldBe(0), outcome => outcome.Output.ShouldStartWith("my-game is right."));
    }

    [Fact]
    public void The_journal_is_asked_for_the_kernels_lines_in_json()
    {
        var (asked, folder) = (Path.Combine(_home, "asked"), Path.Combine(_home, "bin"));
        Directory.CreateDirectory(folder);
        var lines = Path.Combine(_home, "journal.json");
        File.WriteAllLines(lines, File.ReadAllLines(Path.GetFullPath(Game, Checkout.Root)).Select((line, i) => JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["__REALTIME_TIMESTAMP"] = (1795667785123456 + (i * 60_000_000L)).ToString(CultureInfo.InvariantCulture),
            ["_TRANSPORT"] = "kernel",
            ["PRIORITY"] = "4",
            ["MESSAGE"] = line[(line.IndexOf(']') + 2)..],
        })).Append("""{"__REALTIME_TIMESTAMP":"1795667785123456","_TRANSPORT":"stdout","MESSAGE":"IN=eth1 OUT=eth0 SRC=10.6.6.6 DST=10.7.7.7 PROTO=UDP SPT=1 DPT=2 LEN=9"}"""));
        var journalctl = Path.Combine(folder, "journalctl");
        File.WriteAllText(journalctl, $"#!/bin/sh\necho \"$*\" > '{asked}'\ncat '{lines}'\n");
        File.SetUnixFileMode(journalctl, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var outcome = Sh($"PATH='{folder}':$PATH exec '{PosternProgram.Path}' learn --journal --prefix postern-learn");
        (outcome.ExitCode, File.ReadAllText(asked)).ShouldBe((0, "-k -o json --no-pager\n"));
        outcome.Output.ShouldStartWith("Read 31 lines: 30 open a flow, 1 are no firewall's.");
        outcome.Output.ShouldContain("[learnt:udp-27421]");
        outcome.Output.ShouldNotContain("10.6.6.6");

        File.WriteAllText(journalctl, "#!/bin/sh\nexit 3\n");
        var failed = Sh($"PATH='{folder}':$PATH exec '{PosternProgram.Path}' learn --journal");
        (failed.ExitCode, failed.Errors).ShouldBe((1, "postern: journalctl ended with code 3.\n"));
    }

    /// <summary>Real keys through a real terminal: the first rule is kept, the second narrowed, the third refused.</summary>
    [Fact]
    public void In_a_terminal_each_rule_is_asked_for()
    {
        const string down = "\\033[B", enter = "\\r";
        var outcome = Sh($"(sleep 5; printf '{enter}'; sleep 1; printf '{down}{enter}'; sleep 1; printf '{down}{down}{enter}'; sleep 20) | TERM=xterm script -qec \"'{PosternProgram.Path}' learn {Path.GetFullPath(Game, Checkout.Root)}\" /dev/null");
        outcome.ExitCode.ShouldBe(8, outcome.Output); // what was refused is no longer covered
        var report = outcome.Output[outcome.Output.LastIndexOf("Read 30 lines", StringComparison.Ordinal)..];
        report.ShouldContain("[learnt:udp-27421]");
        report.ShouldContain("from port 37414,40424,50081,51110,57605,60532 to port 4443");
        report.ShouldNotContain("accept  tcp eth1:192.168.1.10 -> eth0:198.51.100.21");
        report.ShouldContain("of 15 flows 9 pass, 0 are kept out of the log, 6 would be stopped.");
    }

    [Fact]
    public void A_long_log_shows_how_far_it_is_on_a_terminal()
    {
        var log = Path.Combine(_home, "long.log");
        var lines = File.ReadAllText(Path.GetFullPath(Game, Checkout.Root));
        using (var file = File.CreateText(log))
        {
            for (var written = 0; written < 70 << 20; written += lines.Length)
            {
                file.Write(lines);
            }
        }

        var outcome = Sh($"TERM=xterm script -qec \"'{PosternProgram.Path}' learn {log} --yes\" /dev/null < /dev/null");
        outcome.ExitCode.ShouldBe(0, outcome.Output);
        outcome.Output.ShouldContain("long.log");
        outcome.Output.ShouldContain("100%");
        Run("learn", log).Errors.ShouldBeEmpty(); // no bar where nobody looks
    }

    [Fact]
    public void A_log_that_says_that_it_is_incomplete_makes_the_rules_incomplete()
    {
        var log = Path.Combine(_home, "lost.log");
        File.WriteAllText(log, File.ReadAllText(Path.GetFullPath(Game, Checkout.Root)) + "Nov 24 19:00:00 gate kernel: [9.0] net_ratelimit: 123 callbacks suppressed\n");
        var outcome = Run("learn", log);
        outcome.ExitCode.ShouldBe(8);
        outcome.Output.ShouldContain("123 lines where it says how many");
    }

    [Theory]
    [InlineData(2, "learn")]
    [InlineData(2, "learn", Game, "--format", "nonsuch")]
    [InlineData(2, "learn", Game, "--host", "nobody")]
    [InlineData(2, "learn", Game, "--at", "moon")]
    [InlineData(2, "learn", Game, "--network", "192.168.1.10")]
    [InlineData(2, "learn", Game, "--network", "lan")]
    [InlineData(1, "learn", "/nonsuch")]
    [InlineData(2, "learn", "harness")]
    [InlineData(2, "learn", "harness", "--host", "192.0.2.1", "--minutes", "0")]
    [InlineData(2, "learn", "harness", "--host", "192.0.2.1", "--format", "pf")]
    public void What_makes_no_sense_is_one_sentence(int code, params string[] arguments)
    {
        var outcome = Run(arguments);
        (outcome.ExitCode, outcome.Output).ShouldBe((code, ""));
        outcome.Errors.Trim().Split('\n').ShouldHaveSingleItem().ShouldStartWith("postern: ");
    }

    [Fact]
    public void A_log_that_teaches_nothing_fails() => Run("learn", "README.md").ExitCode.ShouldBe(1);

    [Fact]
    public void The_help_is_a_manual()
    {
        foreach (var help in new[] { Run("learn", "--help").Output, Run("learn", "harness", "--help").Output })
        {
            help.ShouldContain("Examples:");
            help.ShouldContain("Exit codes:");
        }
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private Outcome Run(params string[] arguments)
    {
        var typed = string.Join(' ', arguments.Select(argument => $"'{argument}'"));
        return Sh($"cd '{Checkout.Root}' && exec '{PosternProgram.Path}' {typed}");
    }

    private Outcome Sh(string command)
    {
        using var run = new Background("sh", ["-c", command], PosternProgram.HomeIn(_home));
        return run.WaitForExit(300);
    }
}
