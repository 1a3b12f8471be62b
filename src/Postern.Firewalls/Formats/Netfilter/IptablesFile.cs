using System.Text;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>A file for iptables-restore or ip6tables-restore, table by table.</summary>
internal sealed class IptablesFile(Policy policy, ChainTexts texts, InsertionPoint point, IpVersion version)
{
    /// <summary>XT_EXTENSION_MAXNAMELEN is 29 with the closing zero, and the longest ending has four signs.</summary>
    private const int MaxName = 24;

    private static readonly (string Table, Place[] Places)[] Tables =
    [
        ("raw", [Place.HelpIncoming, Place.HelpOwn]),
        ("nat", [Place.RedirectIncoming, Place.RedirectOwn, Place.Hairpin]),
        ("filter", [Place.Input, Place.Forward, Place.Output]),
    ];

    private readonly string _fragment = RuleTag.Fragment(policy.Rules.Select(rule => rule.Id), MaxName);

    /// <summary>Own chains, asked first thing from the standing ones. A second load fails and changes nothing: the chains stand already.</summary>
    public string Fragment() => Write((text, place) =>
    {
        var chain = Chain(place);
        text.Append($"-N {chain}\n");
        if (IsFilter(place))
        {
            text.Append($"-A {chain} -m conntrack --ctstate RELATED,ESTABLISHED,INVALID -j RETURN\n");
        }

        AppendLines(text, chain, place);
        text.Append($"-I {Standing(place)} {Jump(place)}\n");
    });

    public string FragmentUndo() => Write((text, place) => text.Append($"-D {Standing(place)} {Jump(place)}\n-F {Chain(place)}\n-X {Chain(place)}\n"));

    /// <summary>Whole tables, in the place of what stands in them.</summary>
    public string Whole()
    {
        var text = new StringBuilder();
        foreach (var (table, places) in Tables.Where(table => table.Table == "filter" || table.Places.Any(texts.Has)))
        {
            text.Append($"*{table}\n");
            foreach (var place in places)
            {
                text.Append($":{Builtin(place)} {(table == "filter" ? "DROP" : "ACCEPT")} [0:0]\n");
            }

            foreach (var place in places)
            {
                AppendState(text, place);
                AppendLines(text, Builtin(place), place);
            }

            text.Append("COMMIT\n");
        }

        return text.ToString();
    }

    /// <summary>An open filter, as it is without any rules.</summary>
    public string WholeUndo()
    {
        var text = new StringBuilder();
        foreach (var (table, places) in Tables.Where(table => table.Table == "filter" || table.Places.Any(texts.Has)))
        {
            text.Append($"*{table}\n{string.Concat(places.Select(place => $":{Builtin(place)} ACCEPT [0:0]\n"))}COMMIT\n");
        }

        return text.ToString();
    }

    private string Write(Action<StringBuilder, Place> write)
    {
        var text = new StringBuilder();
        foreach (var (table, places) in Tables.Where(table => table.Places.Any(texts.Has)))
        {
            text.Append($"*{table}\n");
            foreach (var place in places.Where(texts.Has))
            {
                write(text, place);
            }

            text.Append("COMMIT\n");
        }

        return text.ToString();
    }

    private void AppendLines(StringBuilder text, string chain, Place place)
    {
        foreach (var line in texts.Of(place))
        {
            text.Append(line.StartsWith('#') ? $"{line}\n" : $"-A {chain} {line}\n");
        }
    }

    private void AppendState(StringBuilder text, Place place)
    {
        if (!IsFilter(place))
        {
            return;
        }

        var chain = Builtin(place);
        text.Append($"-A {chain} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A {chain} -m conntrack --ctstate INVALID -j DROP\n");
        if (place == Place.Forward)
        {
            return;
        }

        text.Append($"-A {chain} {(place == Place.Input ? "-i" : "-o")} lo -j ACCEPT\n");
        if (version == IpVersion.V6)
        {
            // Neighbour discovery and its relatives (RFC 4861, RFC 2710, RFC 3810): without them there is no IPv6.
            foreach (var type in new[] { 130, 131, 132, 133, 134, 135, 136, 137, 143 })
            {
                text.Append($"-A {chain} -p ipv6-icmp -m icmp6 --icmpv6-type {type} -j ACCEPT\n");
            }
        }
    }

    private string Jump(Place place) => $"-m comment --comment \"{RuleTag.Prefix}{_fragment}\" -j {Chain(place)}";

    private string Standing(Place place) => IsFilter(place) ? point[place] : Builtin(place);

    private string Chain(Place place) => _fragment + place switch
    {
        Place.Input => "-in",
        Place.Forward => "-fwd",
        Place.Output => "-out",
        Place.RedirectIncoming => "-pre",
        Place.RedirectOwn => "-own",
        Place.Hairpin => "-bck",
        Place.HelpIncoming => "-hlp",
        _ => "-hlo",
    };

    private static bool IsFilter(Place place) => place is Place.Input or Place.Forward or Place.Output;

    private static string Builtin(Place place) => place switch
    {
        Place.Input => "INPUT",
        Place.Forward => "FORWARD",
        Place.RedirectIncoming or Place.HelpIncoming => "PREROUTING",
        Place.Hairpin => "POSTROUTING",
        _ => "OUTPUT",
    };
}
