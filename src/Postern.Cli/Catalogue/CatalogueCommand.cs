using System.CommandLine;
using System.CommandLine.Completions;
using Postern.Cli.Terminal;
using Postern.Firewalls.Catalogue;

namespace Postern.Cli.Catalogue;

/// <summary><c>postern catalogue</c>: which application needs which holes in a firewall.</summary>
internal static class CatalogueCommand
{
    /// <summary>Runs what a subcommand does, and turns its failures into a sentence and an exit code.</summary>
    public delegate Task<int> Guard(ParseResult parsed, Func<Output, int> action);

    private const string Manual = """
        What it knows:
          For each application: who takes part; each kind of flow with who starts it, towards whom, from and to which ports, why and
          when; how sure that is and who says so; what an older source stated otherwise; whether anybody still needs it. It comes with
          Postern: no server, no name and no network is needed.

        Files:
          $XDG_CONFIG_HOME/postern/applications/*.json, usually ~/.config/postern/applications
              Entries of your own. One with the id of an application that is there takes its place. docs/catalogue.md explains how an
              entry is written; 'postern catalogue check' says what is wrong with it.

        Examples:
          postern catalogue list --status alive       what is in use
          postern catalogue search chat               applications that are about chat
          postern catalogue show skype                one application in plain words
          postern catalogue show xmpp --json          its entry, to begin one of your own with
          postern catalogue port 5222/tcp             who uses a port
          postern catalogue flow udp 14357 443        who would send such a packet
          postern catalogue check entry.json          whether an entry of your own is right

        Exit codes:
          0  found; the entry is right, perhaps with warnings
          1  nothing found; the entry has errors
          2  the command line makes no sense
        """;

    public static Command Create(Guard guard) => new DocumentedCommand("catalogue", "Says which application needs which holes in a firewall: who starts, towards whom, over what, why.", Manual)
    {
        List(guard), Search(guard), Show(guard), Port(guard), Flow(guard), Check(guard),
    };

    private static Command List(Guard guard)
    {
        var status = new Option<string?>("--status") { Description = "Only those in use (alive), still met (fading) or gone (ended)." };
        status.Take("alive", "fading", "ended");
        var command = new Command("list", "Lists the applications: id, whether anybody still needs it, title.") { status };
        command.SetAction((parsed, _) => guard(parsed, output => new CatalogueListing(output).List(parsed.GetValue(status))));
        return command;
    }

    private static Command Search(Guard guard)
    {
        var words = new Argument<string[]>("WORDS") { Description = "Words that must all occur in name, alias, summary, reason or note.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("search", "Finds applications by words, best first.") { words };
        command.SetAction((parsed, _) => guard(parsed, output => new CatalogueListing(output).Search(string.Join(' ', parsed.GetRequiredValue(words)))));
        return command;
    }

    private static Command Show(Guard guard)
    {
        var name = new Argument<string>("APP") { HelpName = "APP", Description = "Id or alias of the application." };
        name.CompletionSources.Add(_ => ApplicationCatalogue.Embedded.Applications.Select(one => new CompletionItem(one.Id)));
        var command = new Command(
            "show",
            "Shows one application in plain words: who takes part, what passes and why, how sure that is, what was stated otherwise. With --json, its entry.")
        { name };
        command.SetAction((parsed, _) => guard(parsed, output => new CatalogueListing(output).Show(parsed.GetRequiredValue(name))));
        return command;
    }

    private static Command Port(Guard guard)
    {
        var port = new Argument<string>("PORT[/PROTO]") { Description = "A destination port, with or without its protocol: 5222, 5222/tcp." };
        var command = new Command("port", "Finds the flows towards a port, likeliest first.") { port };
        command.SetAction((parsed, _) => guard(parsed, output => new CatalogueMatching(output).Port(parsed.GetRequiredValue(port))));
        return command;
    }

    private static Command Flow(Guard guard)
    {
        var protocol = new Argument<string>("PROTO") { Description = "tcp, udp, sctp, icmp, icmp6, igmp, gre, esp or ah." };
        var source = new Argument<string>("SPORT") { Description = "Source port, or 'any'.", DefaultValueFactory = _ => "any" };
        var destination = new Argument<string>("DPORT") { Description = "Destination port, or 'any'.", DefaultValueFactory = _ => "any" };
        var direction = new Option<string?>("--direction") { Description = "Who starts it: your side (out) or the other (in). Only weighs the order." };
        direction.Take("in", "out");
        var to = new Option<string?>("--to") { Description = "The destination's address, where it is known; groups such as 239.255.255.250 tell much." };
        var type = new Option<byte?>("--type")
        {
            Description = "Type of ICMP or ICMPv6.",
            CustomParser = given => (byte)Numbers.Whole(given, 0, byte.MaxValue, "--type takes 0 to 255."),
        };
        var command = new Command(
            "flow",
            "Finds the applications that would open such a flow, likeliest first; the number in front says how much of it they explain, in bits.")
        { protocol, source, destination, direction, to, type };
        command.SetAction((parsed, _) => guard(parsed, output => new CatalogueMatching(output).Flow(
            parsed.GetRequiredValue(protocol), parsed.GetRequiredValue(source), parsed.GetRequiredValue(destination),
            parsed.GetValue(direction), parsed.GetValue(to), parsed.GetValue(type))));
        return command;
    }

    private static Command Check(Guard guard)
    {
        var file = new Argument<string>("FILE") { Description = "A file with one entry; /dev/stdin reads standard input." };
        file.RefuseEmpty();
        var command = new Command("check", "Checks an entry: every error and warning with the property that it is about.") { file };
        command.SetAction((parsed, _) => guard(parsed, output => new CatalogueEntryCheck(output).Run(parsed.GetRequiredValue(file))));
        return command;
    }
}
