using System.Text;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>Chains and their lines in nftables' words.</summary>
internal static class NftablesChains
{
    private static readonly Place[] Translating = [Place.RedirectIncoming, Place.RedirectOwn, Place.Hairpin];

    /// <summary>The hook of a chain that translates addresses; the number is that of "dstnat", a name that only prerouting knows.</summary>
    public static string? NatHook(Place place) => place switch
    {
        Place.RedirectIncoming => "type nat hook prerouting priority dstnat; policy accept;",
        Place.RedirectOwn => "type nat hook output priority -100; policy accept;",
        Place.Hairpin => "type nat hook postrouting priority srcnat; policy accept;",
        _ => null,
    };

    public static string Name(Place place) => place switch
    {
        Place.RedirectIncoming => "prerouting",
        Place.RedirectOwn => "rerouting",
        Place.Hairpin => "postrouting",
        _ => place.ToString().ToLowerInvariant(),
    };

    /// <summary>The translating chains that the texts need.</summary>
    public static IEnumerable<Place> Translations(ChainTexts texts) => Translating.Where(texts.Has);

    /// <summary>Objects that rules refer to.</summary>
    public static IEnumerable<string> Helpers(ChainTexts texts) => texts.Written
        .Where(rule => rule.Helper is not null)
        .Select(rule => NftablesRule.HelperObject(rule.Helper!, rule.Match.Protocol))
        .Distinct();

    public static void AppendChain(StringBuilder text, string name, params IEnumerable<string> lines)
    {
        text.Append("    chain ").Append(name).Append(" {\n");
        foreach (var line in lines)
        {
            text.Append("        ").Append(line).Append('\n');
        }

        text.Append("    }\n");
    }
}
