using System.CommandLine;
using System.CommandLine.Completions;
using Postern.Cli.Terminal;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Formats;

namespace Postern.Cli.Firewalls;

/// <summary><c>postern rules</c>: the smallest rules that let applications through a firewall, or keep them in.</summary>
internal static class RulesCommand
{
    /// <summary>Runs the command, and turns its failures into a sentence and an exit code.</summary>
    public delegate Task<int> Guard(ParseResult parsed, Func<Output, int> action);

    private const string Manual = """
        Who is who:
          Every entry of the catalogue has roles, such as client, server or peer ('postern catalogue show APP' names them). --for says
          who plays one: an address, several addresses of one host with commas between, a prefix, the name of a zone, or 'self'.
          At a host, the first role that --for names by address is this host; where none is named, 'client' is.
          At a router, who is named lives in the zone that holds his address; private addresses are inside. 'router' and 'gateway' are
          the firewall itself. Roles that nobody plays are strangers, outside.
          A port after a host is the port that the host chose, where the application leaves it to the host.

        What is written:
          A fragment for the policy that stands, or with --whole a policy of its own. Each rule carries the tag postern:APP:FLOW.
          What a format cannot say exactly is left out and named, never widened. Warnings and what was left out go to standard error,
          the rules to standard output, or with --out as files into a folder. Nothing is applied without --apply.

        --into:
          [[FAMILY] TABLE] CHAIN[,CHAIN...]: for nftables 'inet fw4 forward', for iptables 'FORWARD'; a chain with another name than
          input, forward or output is named for its way as in 'inet filter input=from_net,forward=through'.

        --apply (nftables, root):
          The rules are loaded in one step and are on trial: unless 'postern rules --confirm' comes in time (--confirm-within, 60s),
          what stood there before comes back by itself, also when the terminal or Postern is gone. One trial at a time.

        Examples:
          postern rules xmpp                                                        in plain words, for this host
          postern rules ssh --for server=self --format nftables                     let others in here
          postern rules skype --at router --for client=192.168.1.10:14357 --os client=windows
          postern rules skype --at router --zones home.json --for client=192.168.1.10:14357 --for client=192.168.1.11:14358
          postern rules bittorrent --at router --for client=192.168.1.10,2001:db8:1::10 --family 6 --json
          postern rules skype --at router --deny --except dns=192.0.2.53 --except ntp
          postern rules ssh --for server=self --format nftables --apply --confirm-within 90s
          postern rules --confirm                                                   keep what --apply put on trial

        Files:
          A zones file says which interfaces and addresses belong to which zone; catalogue/zones.schema.json describes it:
            { "at": "router", "zones": [
                { "name": "net", "interfaces": ["eth0"], "outside": true },
                { "name": "loc", "interfaces": ["eth1"], "addresses": "192.168.1.0/24,2001:db8:1::/64", "nat": true } ] }
          Without it: at a router eth0 is outside (net) and eth1 inside behind NAT (loc); at a host all is outside.

        Ephemeral ports:
          A role whose system nobody named may use any port from 1024 to 65535, which includes what every system uses. --os narrows it:
          a name of 'postern catalogue' (linux, windows, macos, freebsd ...), or the ports that the system itself reports.

        Exit codes:
          0  written
          2  the command line or the zones file makes no sense
          6  it would open nothing (with --deny: refuse nothing)
          7  with --strict: something would have been left out
        """;

    public static Command Create(Guard guard)
    {
        var applications = new Argument<string[]>("APP") { HelpName = "APP", Description = "Applications of the catalogue.", Arity = ArgumentArity.ZeroOrMore };
        applications.CompletionSources.Add(_ => ApplicationCatalogue.Embedded.Applications.Select(one => new CompletionItem(one.Id)));
        var bindings = Many("--for", "ROLE=HOST[:PORT]", "Who plays a role; repeatable, also for one role. APP:ROLE=... is for one application.");
        var at = new Option<string?>("--at") { Description = "Where the rules are for: this 'host', or a 'router' that forwards between zones." };
        at.Take("host", "router");
        var zones = new Option<string?>("--zones") { HelpName = "FILE", Description = "A file that says which zones there are." };
        var family = new Option<string>("--family") { Description = "IPv4, IPv6 or both.", DefaultValueFactory = _ => "both" };
        family.Take("4", "6", "both");
        var format = new Option<string>("--format") { HelpName = "FORMAT", Description = $"The language: {string.Join(", ", RuleFormats.All.Select(one => one.Id))}.", DefaultValueFactory = _ => "plain" };
        format.CompletionSources.Add([.. RuleFormats.All.Select(one => one.Id)]);
        var into = new Option<string?>("--into") { HelpName = "CHAIN", Description = "The chain that the fragment goes into." };
        var whole = new Option<bool>("--whole") { Description = "A whole policy with its defaults instead of a fragment." };
        var undo = new Option<bool>("--undo") { Description = "What takes the rules away again, by their tags." };
        var strict = new Option<bool>("--strict") { Description = "Fails where something would be left out." };
        var deny = new Option<bool>("--deny") { Description = "The administrator's refusal instead: keeps the applications in." };
        var except = Many("--except", "WHAT", "With --deny, what stays open over UDP: dns, ntp, PORTS or ADDRESSES, or one of the first three with =ADDRESSES; repeatable.");
        var systems = Many("--os", "ROLE=SYSTEM", "Which ephemeral ports that role's computer uses: a system's name, or ROLE=PORTS; repeatable.");
        var variables = Many("--set", "NAME=PORTS", "A port that the application lets its user choose; repeatable.");
        var legacy = new Option<bool>("--legacy") { Description = "Opens too what only old versions need." };
        var required = new Option<bool>("--required-only") { Description = "Leaves out what the application can do without." };
        var folder = new Option<string?>("--out") { HelpName = "FOLDER", Description = "A folder for the files, with the format's usual names." };
        var force = new Option<bool>("--force") { Description = "With --out, writes over files that are there." };
        var trial = new TrialOptions(applications);
        var command = new DocumentedCommand("rules", "Writes the smallest rules that let applications through a firewall, and says how large the holes are.", Manual)
        {
            applications, bindings, at, zones, family, format, into, whole, undo, strict, deny, except, systems, variables, legacy, required, folder, force,
        };
        trial.AddTo(command);
        command.SetAction((parsed, stop) => guard(parsed, output => trial.Confirms(parsed) ? TrialOptions.Confirm(output, stop) : new RulesWriting(output).Run(new()
        {
            Applications = parsed.GetRequiredValue(applications),
            For = parsed.GetRequiredValue(bindings),
            At = parsed.GetValue(at),
            ZonesFile = parsed.GetValue(zones),
            Family = parsed.GetRequiredValue(family),
            Format = parsed.GetRequiredValue(format),
            Into = parsed.GetValue(into),
            IsWhole = parsed.GetValue(whole),
            IsUndo = parsed.GetValue(undo),
            IsStrict = parsed.GetValue(strict),
            IsRefusal = parsed.GetValue(deny),
            Except = parsed.GetRequiredValue(except),
            Systems = parsed.GetRequiredValue(systems),
            Variables = parsed.GetRequiredValue(variables),
            WithLegacy = parsed.GetValue(legacy),
            RequiredOnly = parsed.GetValue(required),
            Folder = parsed.GetValue(folder),
            IsForced = parsed.GetValue(force),
            IsHere = trial.IsHere(parsed),
            ApplyWithin = trial.ApplyWithin(parsed),
        })));
        return command;
    }

    private static Option<string[]> Many(string name, string value, string description) => new(name) { HelpName = value, Description = description, DefaultValueFactory = _ => [] };
}
