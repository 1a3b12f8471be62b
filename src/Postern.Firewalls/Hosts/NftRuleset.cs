using System.Text.Json;

namespace Postern.Firewalls.Hosts;

/// <summary>What a host's nftables holds, iptables' tables of its nft kind included: <c>nft -j list ruleset</c> (libnftables-json(5)).</summary>
public sealed record NftRuleset(IReadOnlyList<NftChain> Chains, IReadOnlyList<NftRule> Rules, IReadOnlyDictionary<string, JsonElement> Sets)
{
    /// <summary>Null where the text is not what nft lists.</summary>
    public static NftRuleset? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement.GetProperty("nftables"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static NftRuleset Read(JsonElement items)
    {
        var (chains, rules, sets) = (new List<NftChain>(), new List<NftRule>(), new Dictionary<string, JsonElement>(StringComparer.Ordinal));
        foreach (var item in items.EnumerateArray())
        {
            if (item.TryGetProperty("chain", out var chain))
            {
                chains.Add(Chain(chain));
            }
            else if (item.TryGetProperty("rule", out var rule))
            {
                rules.Add(new(Table(rule), Text(rule, "chain")!, rule.GetProperty("handle").GetInt64(), Text(rule, "comment") ?? "", Expressions(rule)));
            }
            else if (item.TryGetProperty("set", out var set) || item.TryGetProperty("map", out set))
            {
                sets[$"{Table(set)} {Text(set, "name")}"] = set.Clone();
            }
        }

        return new(chains, rules, sets);
    }

    private static NftChain Chain(JsonElement chain) => new(
        Table(chain),
        Text(chain, "name")!,
        Text(chain, "type"),
        Text(chain, "hook"),
        chain.TryGetProperty("prio", out var priority) ? priority.GetInt32() : 0,
        Text(chain, "policy") == "drop");

    private static string Table(JsonElement item) => $"{Text(item, "family")} {Text(item, "table")}";

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static JsonElement[] Expressions(JsonElement rule) =>
        rule.TryGetProperty("expr", out var expressions) ? [.. expressions.EnumerateArray().Select(expression => expression.Clone())] : [];
}
