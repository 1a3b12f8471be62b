using System.Text;

namespace Postern.Firewalls.Hosts;

/// <summary>What the keeper of a ufw typed: its files user.rules and user6.rules, where each rule's tuple stands before the lines made of it.</summary>
public sealed class UfwRules
{
    private const string Mark = "### tuple ### ";

    private readonly Dictionary<string, string> _byMeaning = new(StringComparer.Ordinal);

    private UfwRules()
    {
    }

    /// <summary>One file, or both one after the other.</summary>
    public static UfwRules Parse(string text)
    {
        var rules = new UfwRules();
        var tuple = "";
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith(Mark, StringComparison.Ordinal))
            {
                tuple = Words(line[Mark.Length..].Split(' '));
            }
            else if (tuple.Length > 0 && line.StartsWith("-A ", StringComparison.Ordinal))
            {
                rules._byMeaning.TryAdd($"{line.Split(' ')[1]} {new IptablesRule("filter", "", line).Meaning}", tuple);
            }
            else if (line.Length == 0)
            {
                tuple = "";
            }
        }

        return rules;
    }

    /// <summary>The rule as it is typed after "ufw", such as "deny out 443/tcp"; null where no rule of the user made this one.</summary>
    public string? Typed(IptablesRule rule) => _byMeaning.GetValueOrDefault($"{rule.Chain} {rule.Meaning}");

    /// <summary>ACTION PROTOCOL DPORT DESTINATION SPORT SOURCE [application names] DIRECTION.</summary>
    private static string Words(string[] tuple)
    {
        if (tuple.Length < 7)
        {
            return "";
        }

        var (action, protocol, port, destination, sourcePort, source) = (tuple[0], tuple[1], tuple[2], tuple[3], tuple[4], tuple[5]);
        var direction = tuple.Skip(6).FirstOrDefault(word => word.StartsWith("in", StringComparison.Ordinal) || word.StartsWith("out", StringComparison.Ordinal)) ?? "in";
        var (way, link) = direction.Split('_') is [var first, var device] ? (first, $" on {device}") : (direction, "");
        var text = new StringBuilder($"{action} {way}{link}");
        if (IsAnywhere(source) && IsAnywhere(destination) && sourcePort == "any" && port != "any" && link.Length == 0)
        {
            return text.Append(protocol == "any" ? $" {port}" : $" {port}/{protocol}").ToString();
        }

        text.Append(protocol == "any" ? "" : $" proto {protocol}");
        text.Append($" from {Place(source)}{(sourcePort == "any" ? "" : $" port {sourcePort}")}");
        return text.Append($" to {Place(destination)}{(port == "any" ? "" : $" port {port}")}").ToString();
    }

    private static bool IsAnywhere(string address) => address is "0.0.0.0/0" or "::/0";

    private static string Place(string address) => IsAnywhere(address) ? "any" : address;
}
