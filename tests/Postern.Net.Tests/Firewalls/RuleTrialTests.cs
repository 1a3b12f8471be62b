using System.Diagnostics;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls;

/// <summary><c>postern rules --apply</c>: on trial until confirmed, whatever becomes of who applied.</summary>
[Trait("part", "net")]
public sealed class RuleTrialTests : IDisposable
{
    private const string Standing = """
        table inet filter {
            set seen {
                type ipv4_addr
                elements = { 192.0.2.1 }
            }
            chain input {
                type filter hook input priority filter; policy drop;
                iifname "lo" accept comment "stays"
            }
            chain output {
                type filter hook output priority filter; policy accept;
            }
        }
        """;

    private static readonly string[] Apply = ["rules", "xmpp", "--for", "server=self", "--format", "nftables", "--family", "4", "--apply", "--confirm-within"];

    private readonly List<string> _folders = [];

    [Fact]
    public void Confirmed_rules_stay_and_unconfirmed_ones_go()
    {
        using var network = new Network();
        var host = Remember(network.Server);
        host.ApplyRules(Standing);
        var before = Ruleset(host);

        Applied(host, "8s").Output.ShouldContain("postern rules --confirm");
        Ruleset(host).ShouldContain("postern:xmpp:");
        host.RunPostern([.. Apply, "8s"]).ShouldSatisfyAllConditions(
            second => second.ExitCode.ShouldBe(4),
            second => second.Errors.ShouldContain("Other rules are on trial here."));
        Until(() => Ruleset(host) == before, seconds: 20);
        host.RunPostern("rules", "--confirm").ShouldSatisfyAllConditions(
            late => late.ExitCode.ShouldBe(4),
            late => late.Errors.ShouldContain("Too late: the earlier rules have come back."));

        Applied(host, "8s");
        host.RunPostern("rules", "--confirm").ExitCode.ShouldBe(0);
        var kept = Ruleset(host);
        Thread.Sleep(8000);
        Ruleset(host).ShouldBe(kept);
        kept.ShouldContain("postern:xmpp:");

        Applied(host, "30s", "--undo"); // there is no other trial: the first is over
        Ruleset(host).ShouldBe(before);
        host.RunPostern("rules", "--confirm").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void The_guardian_outlives_postern_its_terminal_and_its_shell()
    {
        using var network = new Network();
        var host = Remember(network.Server);
        host.ApplyRules(Standing);
        var before = Ruleset(host);
        var terminal = host.Start("script", "-qec", $"{PosternProgram.Path} {string.Join(' ', Apply)} 4s; sleep 60", "/dev/null");
        Until(() => Ruleset(host).Contains("postern:xmpp:"), seconds: 20);

        terminal.Kill(); // SIGKILL to the terminal, the shell in it and Postern
        Until(() => Ruleset(host) == before, seconds: 20);
    }

    [Fact]
    public void Rules_that_nft_refuses_change_nothing_and_leave_no_trial()
    {
        using var network = new Network();
        var host = Remember(network.Server); // without the chains that a fragment goes into
        var before = Ruleset(host);

        host.RunPostern([.. Apply, "30s"]).ShouldSatisfyAllConditions(
            refused => refused.ExitCode.ShouldBe(1),
            refused => refused.Errors.ShouldContain("nft does not take the rules"));
        Ruleset(host).ShouldBe(before);
        host.RunPostern("rules", "--confirm").ShouldSatisfyAllConditions(
            none => none.ExitCode.ShouldBe(4),
            none => none.Errors.ShouldContain("No rules are on trial here."));
    }

    public void Dispose() => _folders.Where(Directory.Exists).ToList().ForEach(folder => Directory.Delete(folder, recursive: true));

    /// <summary>What a trial leaves under /run goes with the test: another namespace may have the same number later.</summary>
    private Host Remember(Host host)
    {
        _folders.Add($"/run/postern/rules-{string.Concat(host.Check("readlink", "/proc/self/ns/net").Where(char.IsAsciiDigit))}");
        Dispose();
        return host;
    }

    private static Outcome Applied(Host host, string within, params string[] further)
    {
        var outcome = host.RunPostern([.. Apply, within, .. further]);
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        return outcome;
    }

    private static string Ruleset(Host host) => host.Check("nft", "list", "ruleset");

    private static void Until(Func<bool> holds, double seconds)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            clock.Elapsed.TotalSeconds.ShouldBeLessThan(seconds);
            Thread.Sleep(100);
        }
    }
}
