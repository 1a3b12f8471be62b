using System.Text;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>A table of our own that decides about everything.</summary>
internal static class NftablesWhole
{
    // Neighbour discovery and its relatives (RFC 4861, RFC 2710, RFC 3810): without them there is no IPv6. Connection tracking does not know them.
    private const string NeighbourDiscovery = "icmpv6 type { 130, 131, 132, 133, 134, 135, 136, 137, 143 } accept";

    public static string Write(Policy policy, ChainTexts texts)
    {
        var table = NftablesFormat.WholeTable;
        var text = new StringBuilder($"add table {table}\ndelete table {table}\n\ntable {table} {{\n");
        foreach (var helper in NftablesChains.Helpers(texts))
        {
            text.Append("    ").Append(helper).Append('\n');
        }

        foreach (var place in NftablesChains.Translations(texts))
        {
            NftablesChains.AppendChain(text, NftablesChains.Name(place), [NftablesChains.NatHook(place)!, .. texts.Of(place)]);
        }

        Place[] places = policy.IsRouter ? [Place.Input, Place.Forward, Place.Output] : [Place.Input, Place.Output];
        foreach (var place in places)
        {
            var name = NftablesChains.Name(place);
            NftablesChains.AppendChain(text, name, [$"type filter hook {name} priority filter; policy drop;", .. State(place), .. texts.Of(place)]);
        }

        return text.Append("}\n").ToString();
    }

    private static IEnumerable<string> State(Place place)
    {
        yield return "ct state established,related accept";
        yield return "ct state invalid drop";
        if (place != Place.Forward)
        {
            yield return place == Place.Input ? "iifname \"lo\" accept" : "oifname \"lo\" accept";
            yield return NeighbourDiscovery;
        }
    }
}
