using System.CommandLine;
using Postern.Cli.Check;
using Postern.Cli.Profiles;
using Postern.Cli.Terminal;
using Postern.Discovery;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Cli.Commands;

/// <summary><c>postern check</c>: what this computer, its firewall and its network let through, who closes the rest, and what to do.</summary>
internal sealed class CheckCommand(ProfileStore store, Output output)
{
    private const string Manual = """
        What is looked at, all at once, in some ten seconds at most:
          host      this computer: addresses, gateway, own firewall, the ports that the system gives out, a fixed port (--port)
          proxy     proxies that the environment names
          outgoing  TCP to ports 80, 443 and the server's; UDP to 443, 3478 and the server's; DNS; calls to any port
          nat       how the world sees this computer, and who can be reached from here
          mapping   UPnP, NAT-PMP and PCP: one test mapping each, given back at once
          scan      whether something takes new ports for a scan: four ports, no more
          summary   what it comes to; the rules that are missing, in the language of the firewall that is here
        With a server on this very computer no packet leaves it.

        Where nothing can be measured the rest is reported, and what is missing is said: a server (--server, --stun), or root,
        who alone may read this computer's firewall.

        Examples:
          postern check                                 against the switchboard of this profile
          postern check --stun stun.example:3478        against any STUN server, without a name
          postern check --server 203.0.113.7 --json     one JSON object a finding, with identifiers that stay
          sudo postern check --port 14141               with the own firewall, and a port that you would forward

        Exit codes:
           0  open
          10  limited: some ways only, or not all could be told
          11  relay only
          12  blocked
           5  the profile's switchboard is not there, and nothing stands between
        """;

    /// <summary>For so long nothing but the NAT is measured: the ports that other questions take would look like a neighbour's.</summary>
    private static readonly TimeSpan NatAlone = TimeSpan.FromSeconds(2.5);

    private static readonly (string Id, string Title)[] Sections =
    [
        ("host", "This computer"), ("proxy", "Proxies"), ("outgoing", "Ways out"), ("nat", "NAT"), ("mapping", "Port mapping"), ("scan", "Scan protection"), ("summary", "Summary"),
    ];

    public static Command Create(Func<ParseResult, Func<ProfileStore, Output, Task<int>>, Task<int>> guard)
    {
        var server = new Option<string?>("--server") { HelpName = "HOST[:PORT]", Description = "A Postern server to measure against, instead of the profile's." };
        var stun = new Option<string?>("--stun") { HelpName = "HOST:PORT", Description = "Any STUN server to measure the NAT with." };
        var port = new Option<int?>("--port")
        {
            Description = "A fixed UDP port of this computer: is it free for you, and does it let strangers in?",
            CustomParser = given => Numbers.Whole(given, 1, ushort.MaxValue, "A port is 1 to 65535."),
        };
        var samples = new Option<int>("--samples")
        {
            Description = "With how many sockets to learn how the NAT chooses ports; 16 tell more kinds apart.",
            DefaultValueFactory = _ => NatProberOptions.UsualSamples,
            CustomParser = given => Numbers.Whole(given, 4, NatProberOptions.MostSamples, "4 to 32 samples."),
        };
        var command = new DocumentedCommand("check", "Says what this computer, its firewall and its network let through, and what to do about the rest.", Manual) { server, stun, port, samples };
        command.SetAction((parsed, stop) => guard(parsed, (store, output) => new CheckCommand(store, output)
            .RunAsync(new(parsed.GetValue(server), parsed.GetValue(stun), (ushort?)parsed.GetValue(port), parsed.GetValue(samples)), stop)));
        return command;
    }

    public async Task<int> RunAsync(CheckOptions options, CancellationToken cancellationToken)
    {
        var target = await TargetAsync(options, cancellationToken).ConfigureAwait(false);
        var firewall = await OwnFirewall.ReadAsync(cancellationToken).ConfigureAwait(false);
        var (outgoing, nat, mapping) = (new OutgoingSection(target, firewall), new NatSection(target, options, store, output), new MappingSection(target, firewall));
        var natFound = nat.FindAsync(cancellationToken);
        await Task.WhenAny(natFound, Task.Delay(NatAlone, cancellationToken)).ConfigureAwait(false);
        var (ways, mapped, proxies) = (
            outgoing.FindAsync(cancellationToken), mapping.FindAsync(cancellationToken), ProxySection.FindAsync(target, cancellationToken));
        var scanned = new ScanSection(target, firewall, ways, () => outgoing.Attempts).FindAsync(cancellationToken);

        List<Finding> all = [];
        Show("host", new ThisComputer(firewall, options).Find(), all);
        Show("proxy", await proxies.ConfigureAwait(false), all);
        Show("outgoing", await ways.ConfigureAwait(false), all);
        Show("nat", await natFound.ConfigureAwait(false), all);
        var mappings = await mapped.ConfigureAwait(false);
        Show("mapping", [.. mappings, .. mapping.Layers(nat.Reports)], all);
        Show("scan", await scanned.ConfigureAwait(false), all);

        var openness = CheckSummary.Judge(all, nat, outgoing);
        var rules = ReadyRules.For(firewall.Rules?.Owners ?? [], outgoing.Missing, target?.Server ?? (target?.Stun is [var first, ..] ? first : null), outgoing.Chain);
        Show("summary", [CheckSummary.Of(openness, all, rules)], all);
        if (rules is { } ready)
        {
            output.Line("  The rules that are missing here:");
            output.Text(ready.Text);
        }

        return Conclude(nat, outgoing, target, openness);
    }

    /// <summary>The server that is not there, where the way to it is open, is the one thing that is wrong.</summary>
    private static int Conclude(NatSection nat, OutgoingSection outgoing, CheckTarget? target, Openness openness)
    {
        var isWayOpen = target is { IsHere: true } || outgoing.Attempts.Any(attempt => attempt.IsTcp && attempt.Target == target?.Server && attempt.Passed);
        return nat.Failure is { } failure && isWayOpen ? throw failure : openness.ExitCode();
    }

    /// <summary>Who never named a server, and has none running here, has none.</summary>
    private async Task<CheckTarget?> TargetAsync(CheckOptions options, CancellationToken cancellationToken)
    {
        var profile = store.Load();
        var target = await CheckTarget.ResolveAsync(options, profile, cancellationToken).ConfigureAwait(false);
        if (options.Server is not null || options.Stun is not null)
        {
            return target ?? throw new CliException(ExitCode.ServerUnreachable, $"The name of the server '{options.Server ?? options.Stun}' leads nowhere.");
        }

        if (profile is null && target?.Server is { } usual)
        {
            var attempt = await TcpReach.TryAsync(usual, TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return attempt.Outcome == ReachOutcome.Answered ? target : null;
        }

        return target;
    }

    private void Show(string section, IReadOnlyList<Finding> findings, List<Finding> all)
    {
        all.AddRange(findings);
        output.Line(Array.Find(Sections, known => known.Id == section).Title);
        foreach (var finding in findings)
        {
            var mark = finding.Verdict switch { CheckVerdict.Ok => "ok  ", CheckVerdict.Warn => "warn", _ => "FAIL" };
            output.Line($"  {mark} {finding.Sentence}");
            finding.Details.ToList().ForEach(line => output.Line($"         {line}"));
            if (finding.Evidence.Length > 0 && finding.Verdict != CheckVerdict.Ok && !finding.Sentence.Contains(finding.Evidence, StringComparison.Ordinal))
            {
                output.Line($"         seen: {finding.Evidence}");
            }

            if (finding.Next.Length > 0)
            {
                output.Line($"         do:   {finding.Next}");
            }

            output.Object(finding.Json(section));
        }
    }
}
