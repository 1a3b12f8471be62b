using System.Text;
using Postern.Firewalls.Hosts;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>
/// Chains of our own in a standing table. A rule is deleted by its handle, which only the host knows: with the host's rule set the
/// jumps of an earlier load go with the same step; without it they stay, and jump into empty chains.
/// </summary>
internal static class NftablesFragment
{
    private const int MaxName = 100; // of 127 (NFT_CHAIN_MAXNAMELEN), so that the place fits behind

    private static readonly Place[] Filtering = [Place.Input, Place.Forward, Place.Output];

    public static string Write(Policy policy, ChainTexts texts, InsertionPoint point, NftRuleset? host)
    {
        var (fragment, table) = (Name(policy), $"{point.Family} {point.Table}");
        var text = new StringBuilder();
        AppendRemoval(text, host, fragment);
        text.Append($"add table {table}\n");
        foreach (var place in Places(texts))
        {
            var hook = NftablesChains.NatHook(place) is { } nat ? $" {{ {nat} }}" : "";
            text.Append($"add chain {table} {Chain(fragment, place)}{hook}\nflush chain {table} {Chain(fragment, place)}\n");
        }

        text.Append($"\ntable {table} {{\n");
        foreach (var helper in NftablesChains.Helpers(texts))
        {
            text.Append("    ").Append(helper).Append('\n');
        }

        foreach (var place in Places(texts))
        {
            string[] first = NftablesChains.NatHook(place) is null ? ["ct state established,related,invalid return"] : [];
            NftablesChains.AppendChain(text, Chain(fragment, place), [.. first, .. texts.Of(place)]);
        }

        text.Append("}\n\n");
        foreach (var place in Filtering.Where(texts.Has))
        {
            text.Append($"insert rule {table} {point[place]} jump {Chain(fragment, place)} comment \"{RuleTag.Prefix}{fragment}\"\n");
        }

        return text.ToString();
    }

    public static string Undo(Policy policy, ChainTexts texts, InsertionPoint point, NftRuleset? host)
    {
        var (fragment, table) = (Name(policy), $"{point.Family} {point.Table}");
        var text = new StringBuilder();
        if (host is not null)
        {
            AppendRemoval(text, host, fragment);
            return text.ToString();
        }

        text.Append($"add table {table}\n");
        foreach (var place in Places(texts))
        {
            var chain = $"{table} {Chain(fragment, place)}";
            text.Append(NftablesChains.NatHook(place) is { } nat
                ? $"add chain {chain} {{ {nat} }}\nflush chain {chain}\ndelete chain {chain}\n"
                : $"add chain {chain}\nflush chain {chain}\n");
        }

        return text.ToString();
    }

    private static string Name(Policy policy) => RuleTag.Fragment(policy.Rules.Select(rule => rule.Id), MaxName);

    private static string Chain(string fragment, Place place) => $"{fragment}-{NftablesChains.Name(place)}";

    private static IEnumerable<Place> Places(ChainTexts texts) => NftablesChains.Translations(texts).Concat(Filtering.Where(texts.Has));

    /// <summary>The jumps into the fragment's chains, then the chains, wherever they stand.</summary>
    private static void AppendRemoval(StringBuilder text, NftRuleset? host, string fragment)
    {
        var chains = host?.Chains.Where(chain => chain.Name.StartsWith($"{fragment}-", StringComparison.Ordinal)).ToList() ?? [];
        foreach (var chain in chains)
        {
            foreach (var jump in host!.Rules.Where(rule => rule.Table == chain.Table && rule.JumpsTo(chain.Name)))
            {
                text.Append($"delete rule {jump.Table} {jump.Chain} handle {jump.Handle}\n");
            }
        }

        foreach (var chain in chains)
        {
            text.Append($"flush chain {chain.Table} {chain.Name}\ndelete chain {chain.Table} {chain.Name}\n");
        }
    }
}
