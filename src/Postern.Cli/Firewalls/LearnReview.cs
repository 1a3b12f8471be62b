using Postern.Firewalls.Learning.Inference;
using Postern.Firewalls.Rules;
using Spectre.Console;

namespace Postern.Cli.Firewalls;

/// <summary>Asks of each rule whether it is to be kept, narrowed to what was seen, or refused.</summary>
internal static class LearnReview
{
    private const string Accept = "accept", Narrow = "narrow to what was seen", Refuse = "refuse", AcceptRest = "accept this and all the rest";

    public static IReadOnlyList<LearnedRule> Ask(LearnReport report)
    {
        var kept = new List<LearnedRule>();
        var asks = true;
        foreach (var rule in report.Rules)
        {
            var answer = asks ? Ask(rule) : Accept;
            asks &= answer != AcceptRest;
            if (answer != Refuse)
            {
                kept.Add(answer == Narrow ? Narrowed(rule) : rule);
            }
        }

        return kept;
    }

    /// <summary>The same rule for no other ports and hosts than those that were seen, as far as they were kept.</summary>
    internal static LearnedRule Narrowed(LearnedRule rule)
    {
        var (match, evidence) = (rule.Rule.Match, rule.Evidence);
        var hasPorts = match.Protocol.HasPorts();
        return rule with
        {
            Rule = rule.Rule with
            {
                Match = match with
                {
                    SourcePorts = hasPorts ? evidence.SourcePorts : match.SourcePorts,
                    DestinationPorts = hasPorts ? evidence.DestinationPorts : match.DestinationPorts,
                    Source = Hosts(match.Source, evidence.Sources),
                    Destination = Hosts(match.Destination, evidence.Destinations),
                },
            },
        };
    }

    private static AddressSet Hosts(AddressSet opened, HostChoice choice) =>
        choice.IsWider && !choice.AreMore && !choice.Observed.IsEmpty ? choice.Observed : opened;

    private static string Ask(LearnedRule rule)
    {
        foreach (var line in LearnText.Rule(rule))
        {
            AnsiConsole.WriteLine(Terminal.Printable.Safe(line));
        }

        return AnsiConsole.Prompt(new SelectionPrompt<string>().AddChoices(Accept, Narrow, Refuse, AcceptRest));
    }
}
