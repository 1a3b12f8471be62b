using System.Globalization;
using System.Text;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>The policy in plain words, for whoever has to decide on it.</summary>
public sealed class PlainFormat : IRuleFormat
{
    public string Id => "plain";

    public string Title => "plain words";

    public bool IsVerifiedByTool => true; // no tool reads it

    public FormatOutput Write(Policy policy, FormatOptions options)
    {
        var rules = policy.Rules.Where(rule => options.Versions.Any(rule.AppliesTo)).ToList();
        var text = new StringBuilder(string.Concat(options.Remarks.Select(line => $"# {line}\n")));
        if (options.IsUndo)
        {
            text.Append(string.Concat(rules.Select(rule => $"Take away what is tagged postern:{rule.Id}.\n")));
            return new([new("rules.txt", text.ToString())], [], 0);
        }

        foreach (var rule in rules)
        {
            text.Append(CultureInfo.InvariantCulture, $"{rule.Id}{Size(policy, rule)}\n    {RuleText.Sentence(rule)}\n");
        }

        foreach (var zone in policy.RouteBack)
        {
            text.Append(CultureInfo.InvariantCulture, $"Hosts of {zone.Name} reach each other through the firewall.\n");
        }

        foreach (var last in options.IsWhole ? policy.Defaults : [])
        {
            text.Append(CultureInfo.InvariantCulture, $"{RuleText.Sentence(last)}\n");
        }

        return new([new("rules.txt", text.ToString())], [], rules.Count(rule => rule.Verdict.LetsPass));
    }

    private static string Size(Policy policy, Rule rule) =>
        rule.Verdict.LetsPass ? string.Create(CultureInfo.InvariantCulture, $"  opens 2^{HoleSize.Of(policy, rule).Bits:0.0}") : "";
}
