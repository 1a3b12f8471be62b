using System.CommandLine;
using System.Net;
using Postern.Cli.Terminal;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Learning.Harness;

namespace Postern.Cli.Firewalls;

/// <summary><c>postern learn</c>: the rules that an application needs, from a firewall's log.</summary>
internal static class LearnCommand
{
    /// <summary>Runs what a command does, and turns its failures into a sentence and an exit code.</summary>
    public delegate Task<int> Guard(ParseResult parsed, Func<Output, Task<int>> action);

    private const string Manual = """
        What it reads:
          Each line is recognised by itself: the kernel's LOG lines (iptables, nftables, Shorewall, ufw) as dmesg, syslog or journalctl
          show them, journalctl -o json, ulogd's LOGEMU and JSON, filterlog of pfSense and OPNsense, Windows' pfirewall.log, conntrack -E
          (with or without -o timestamp); and captures, pcap or pcapng. "-" is standard input, --journal is the kernel's journal.
          Lines that are cut, written over each other, too long or hold control characters are counted and left out.

        Two ways to a log:
          Deny and look: what the firewall stopped shows the application's first step. Allow it, try again, and go on (--stage).
          Log and allow: 'postern learn harness' writes rules that log all that is unknown of one host and let it through for some
          minutes. One run shows everything.

        What it says:
          The fewest and smallest rules, in the order in which they are to stand, each with its evidence; how large a hole each opens,
          for the hosts that were seen and for those that the rule names; what they open that was never seen; how many of the flows
          they would let through; how long the log watched, and when the last new thing came. Nothing is applied.
          More than --max-hosts hosts at one end become the prefixes that hold them: one of which at least four hosts and a quarter of
          all addresses were seen, a --network, or 64 bits of IPv6; where that gives too many, the whole zone. What this lets through
          that was never seen is shown apart.

        Examples:
          postern learn /var/log/kern.log --host 192.168.1.10
          postern learn --journal --prefix postern-learn --format nftables
          conntrack -E -o timestamp | postern learn -
          postern learn capture.pcapng --save my-game
          postern learn harness --host 192.168.1.10 --minutes 30 --format nft

        Exit codes:
          0  rules are proposed and cover every flow
          1  the log cannot be read, or it taught nothing; no rule was kept
          2  the command line makes no sense
          8  rules are proposed, but some flows would still be stopped, or the log itself says that it is incomplete
        """;

    private const string HarnessManual = """
        What it does:
          The rules stand last, so that what is known passes before them and the log holds only what is new. Each line bears the prefix
          postern-learn. Behind the log they let the host's flows through: one run shows all that an application needs. When the time
          is over they match nothing, whether or not they are taken out; the head of each file says how that is done.
          Nothing is loaded: look the file over, load it, use the application, and read the log.

        Examples:
          postern learn harness --host 192.168.1.10 --minutes 30 > harness.nft && nft -f harness.nft
          postern learn --journal --prefix postern-learn --host 192.168.1.10
          postern learn harness --host 192.168.1.10 --format shorewall --into 'loc net' --out .

        Exit codes:
          0  the files were written
          2  the command line makes no sense
        """;

    public static Command Create(Guard guard)
    {
        var logs = LogArgument();
        var journal = new Option<bool>("--journal") { Description = "Read the kernel's lines of the journal (journalctl -k -o json)." };
        var hosts = HostOption("Only flows in which this host takes part; repeatable.");
        var prefix = new Option<string>("--prefix") { HelpName = "TEXT", Description = "Only lines whose log prefix contains this.", DefaultValueFactory = _ => "" };
        var at = AtOption("Where the firewall stands; by default as the log shows it.");
        var stage = NumberOption("--stage", "Which round of denying and allowing this is.", 1, int.MaxValue, "--stage takes a whole number, 1 or more.");
        var named = NumberOption("--max-hosts", "Name at most so many hosts at one end of a rule; more become prefixes or their zone.", 8, 100_000, "--max-hosts takes 1 to 100000.");
        var networks = new Option<string[]>("--network") { HelpName = "PREFIX", Description = "A network that you know: many hosts of it become all of it; repeatable.", DefaultValueFactory = _ => [] };
        var format = new Option<string?>("--format") { HelpName = "FORMAT", Description = $"Write the rules for a firewall: {string.Join(", ", RuleFormats.All.Select(one => one.Id))}." };
        format.CompletionSources.Add([.. RuleFormats.All.Select(one => one.Id)]);
        var into = new Option<string?>("--into") { HelpName = "CHAIN", Description = "The chain that the rules go into." };
        var whole = new Option<bool>("--whole") { Description = "Write a whole policy that drops all else." };
        var save = new Option<string?>("--save") { HelpName = "ID", Description = "Write what was learnt as an entry of the catalogue with this id, to ID.json." };
        var yes = new Option<bool>("--yes") { Description = "Keep every rule without asking." };
        var command = new DocumentedCommand("learn", "Finds the rules that an application needs in a firewall's log or a capture.", Manual)
        {
            logs, journal, hosts, prefix, at, stage, named, networks, format, into, whole, save, yes,
        };
        command.SetAction((parsed, stop) => guard(parsed, output => new LearnRun(output, Console.Error).RunAsync(
            new LearnRequest
            {
                Logs = parsed.GetValue(logs) ?? [],
                Journal = parsed.GetValue(journal),
                Hosts = Hosts(parsed.GetValue(hosts)),
                Prefix = parsed.GetValue(prefix) ?? "",
                IsRouter = parsed.GetValue(at) is { } where ? where == "router" : null,
                Stage = parsed.GetValue(stage),
                MaximumNamedHosts = parsed.GetValue(named),
                Networks = Networks(parsed.GetValue(networks)),
                Format = parsed.GetValue(format),
                Into = parsed.GetValue(into),
                IsWhole = parsed.GetValue(whole),
                Save = parsed.GetValue(save),
                KeepsAll = parsed.GetValue(yes),
            },
            stop)));
        command.Add(Harness(guard));
        return command;
    }

    private static DocumentedCommand Harness(Guard guard)
    {
        var hosts = HostOption("The host that is to be watched; repeatable.");
        hosts.Required = true;
        hosts.DefaultValueFactory = null;
        var minutes = new Option<double>("--minutes")
        {
            HelpName = "N",
            Description = "For how long.",
            DefaultValueFactory = _ => 30,
            CustomParser = given => Numbers.Any(given, 0.01, 30 * 24 * 60, "--minutes takes 0.01 to 43200."),
        };
        var format = new Option<string>("--format") { Description = "nft, iptables or shorewall.", DefaultValueFactory = _ => "nft" };
        format.Take([.. LearningHarness.Formats]);
        var at = AtOption("Whether the firewall forwards for the host (router, the default) or is the host.");
        var into = new Option<string?>("--into") { HelpName = "PLACE", Description = "nft: the table, 'inet filter'; iptables: the chain; shorewall: the two zones, 'loc net'." };
        var group = new Option<ushort?>("--nflog")
        {
            HelpName = "GROUP",
            Description = "Log to this group of NFLOG, for ulogd, instead of the kernel's log.",
            CustomParser = given => (ushort)Numbers.Whole(given, 0, ushort.MaxValue, "--nflog takes the number of a group, 0 to 65535."),
        };
        var folder = new Option<string?>("--out") { HelpName = "FOLDER", Description = "Write the files into this folder instead of showing them." };
        var command = new DocumentedCommand("harness", "Writes rules that log all that is unknown of a host and let it through, for a time.", HarnessManual) { hosts, minutes, format, at, into, group, folder };
        command.SetAction((parsed, _) => guard(parsed, output => Task.FromResult(HarnessRun.Run(
            output,
            parsed.GetRequiredValue(format),
            HarnessRun.Options(Hosts(parsed.GetValue(hosts)), parsed.GetValue(minutes), parsed.GetValue(at) != "host", parsed.GetValue(into), parsed.GetValue(group)),
            parsed.GetValue(folder)))));
        return command;
    }

    private static Argument<string[]> LogArgument()
    {
        var logs = new Argument<string[]>("LOG") { Description = "Files, or '-' for standard input.", Arity = ArgumentArity.ZeroOrMore };
        logs.RefuseEmpty();
        return logs;
    }

    private static Option<int> NumberOption(string name, string description, int usual, int most, string rule) =>
        new(name) { HelpName = "N", Description = description, DefaultValueFactory = _ => usual, CustomParser = given => Numbers.Whole(given, 1, most, rule) };

    private static Option<string[]> HostOption(string description) => new("--host") { HelpName = "HOST", Description = description, DefaultValueFactory = _ => [] };

    private static Option<string?> AtOption(string description)
    {
        var at = new Option<string?>("--at") { Description = description };
        at.Take("host", "router");
        return at;
    }

    private static IReadOnlyList<IPNetwork> Networks(string[]? texts) => [.. (texts ?? []).Select(text =>
        IPNetwork.TryParse(text, out var network) ? network : throw new CliException(ExitCode.Usage, $"'{text}' is no prefix, as 192.168.1.0/24 is one."))];

    private static IReadOnlyList<IPAddress> Hosts(string[]? texts) => [.. (texts ?? []).Select(text =>
        IPAddress.TryParse(text, out var address) ? address : throw new CliException(ExitCode.Usage, $"'{text}' is no address."))];
}
