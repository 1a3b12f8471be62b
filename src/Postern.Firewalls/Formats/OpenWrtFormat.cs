using System.Text;
using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>OpenWrt's <c>/etc/config/firewall</c> (UCI, as fw4 reads it): rules and redirects between its zones.</summary>
public sealed class OpenWrtFormat : IRuleFormat
{
    /// <summary>More sections would be no rule that a person can read.</summary>
    private const int MaxPairs = 16;

    public string Id => "openwrt";

    public string Title => "OpenWrt (UCI)";

    public bool IsVerifiedByTool => false;

    public FormatOutput Write(Policy policy, FormatOptions options)
    {
        NoInsertion.Check(options, "OpenWrt's rules go by zones");
        if (options.IsUndo)
        {
            return new([new("postern-undo.sh", Undo(policy))], [], 0);
        }

        var written = WrittenRules<string>.Of(policy, options.Versions, rule => Sections(rule, options.Versions));
        var head = HeaderComment.Of("#", [Unverified.Line, .. Head(policy, options), .. options.Remarks], written.Losses);
        var body = string.Concat(written.Rules.SelectMany(next => next.Parts));
        return new([new("firewall", $"{head}\n{(options.IsWhole ? Zones(policy, written.Defaults(policy)) + Neighbours(options) : "")}{body}")], written.Losses, written.Opened);
    }

    private static RuleParts<string> Sections(Rule rule, IReadOnlyList<IpVersion> versions)
    {
        var matches = KernelMatches.Of(rule.Match, Place.Forward, versions);
        return matches.Select(match => Loss(rule, match)).FirstOrDefault(loss => loss is not null) is { } loss
            ? RuleParts<string>.Lost(loss)
            : new([.. matches.SelectMany(match => Split(match).Select(one => Section(rule, one)))]);
    }

    private static string? Loss(Rule rule, KernelMatch match) => match switch
    {
        _ when rule.Match.From is null || rule.Match.To is null => "OpenWrt has no word for all zones and the router together.",
        { Protocol: IpProtocol.Any, LooksAtPorts: true } or { Protocol: IpProtocol.Sctp or IpProtocol.UdpLite, LooksAtPorts: true } => "OpenWrt's rules look at the ports of TCP and UDP alone.",
        { SamePort: true } when match.SourcePorts.Intersect(match.DestinationPorts).Count > MaxPairs => "OpenWrt cannot compare the source port with the destination port.",
        { IcmpType: { } type } when IcmpNames.Of(match.Protocol, type) is null => $"OpenWrt has no name for ICMP type {type}.",
        { Protocol: IpProtocol.Any } when rule.Verdict is Verdict.Forward { Port: not null } => "Only TCP and UDP have a port to forward to.",
        _ when rule.Verdict is Verdict.Forward && (rule.Target is null || rule.Match.From!.IsSelf) => "OpenWrt wants the zones between which a port is forwarded.",
        _ when rule.Verdict is Verdict.Forward && rule.Match.From!.Is(rule.Target!) => "OpenWrt forwards back to where it came from by the option reflection of the rule from outside, for all of the zone.",
        _ when rule.Match.From is { IsSelf: true } && rule.Match.To is { IsSelf: true } => "The router does not filter what it sends to itself.",
        _ => null,
    };

    private static IEnumerable<KernelMatch> Split(KernelMatch match) => match.SamePort
        ? from range in match.SourcePorts.Intersect(match.DestinationPorts).Ranges
          from port in Enumerable.Range(range.First, range.Count)
          select match with { SamePort = false, SourcePorts = PortSet.Of((ushort)port), DestinationPorts = PortSet.Of((ushort)port) }
        : [match];

    private static string Section(Rule rule, KernelMatch match)
    {
        var forward = rule.Verdict as Verdict.Forward;
        var text = new StringBuilder($"config {(forward is null ? "rule" : "redirect")}\n");
        Add(text, "option name", RuleTag.Of(rule.Id));
        Add(text, "option src", rule.Match.From!.IsSelf ? null : rule.Match.From.Name);
        Add(text, "option dest", forward is not null ? rule.Target!.Name : rule.Match.To!.IsSelf ? null : rule.Match.To.Name);
        Add(text, "option family", match.Version switch { IpVersion.V4 => "ipv4", IpVersion.V6 => "ipv6", _ => "any" });
        Add(text, "list proto", match.Protocol switch { IpProtocol.Any => "all", IpProtocol.Icmp6 => "icmp", IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmp => match.Protocol.Word(), _ => $"{(byte)match.Protocol}" });
        Add(text, "list icmp_type", match.IcmpType is { } type ? IcmpNames.Of(match.Protocol, type) : null);
        Addresses(text, "list src_ip", match.Source);
        Addresses(text, forward is null ? "list dest_ip" : "option src_dip", match.Destination);
        Add(text, "option src_port", match.SourcePorts.IsAny ? null : match.SourcePorts.Text("-", " "));
        Add(text, forward is null ? "option dest_port" : "option src_dport", match.DestinationPorts.IsAny ? null : match.DestinationPorts.Text("-", " "));
        Add(text, "option dest_ip", forward?.To.ToString());
        Add(text, "option dest_port", forward?.Port is { } port ? $"{port}" : null);
        Add(text, "option reflection", forward is null ? null : "0");
        Add(text, "option log", rule.LogPrefix is null ? null : "1");
        Add(text, "option target", rule.Verdict switch { Verdict.Forward => "DNAT", Verdict.Accept => "ACCEPT", Verdict.Drop => "DROP", _ => "REJECT" });
        return text.Append('\n').ToString();
    }

    private static void Addresses(StringBuilder text, string option, AddressSet? set)
    {
        foreach (var network in set?.Networks() ?? [])
        {
            Add(text, option, AddressSet.Text(network));
        }
    }

    private static void Add(StringBuilder text, string option, string? value)
    {
        if (value is not null)
        {
            text.Append($"\t{option} '{value}'\n");
        }
    }

    private static string Zones(Policy policy, IReadOnlyList<DefaultVerdict> defaults)
    {
        var text = new StringBuilder("config defaults\n\toption input 'DROP'\n\toption output 'ACCEPT'\n\toption forward 'DROP'\n\n");
        foreach (var zone in policy.Zones)
        {
            text.Append($"config zone\n\toption name '{zone.Name}'\n");
            foreach (var name in zone.Interfaces)
            {
                Add(text, "list device", name);
            }

            Add(text, "option input", Word(defaults, zone, Zone.Self));
            Add(text, "option output", Word(defaults, Zone.Self, zone));
            Add(text, "option forward", policy.RouteBack.Any(zone.Is) ? "ACCEPT" : Word(defaults, zone, zone));
            text.Append('\n');
        }

        foreach (var (from, to) in policy.Zones.SelectMany(_ => policy.Zones, (from, to) => (from, to)).Where(pair => !pair.from.Is(pair.to) && Word(defaults, pair.from, pair.to) == "ACCEPT"))
        {
            text.Append($"config forwarding\n\toption src '{from.Name}'\n\toption dest '{to.Name}'\n\n");
        }

        return text.ToString();
    }

    /// <summary>RFC 4861: without neighbour discovery there is no IPv6, and connection tracking does not know it.</summary>
    private static string Neighbours(FormatOptions options)
    {
        if (!options.Versions.Contains(IpVersion.V6))
        {
            return "";
        }

        string[] types = ["router-solicitation", "router-advertisement", "neighbour-solicitation", "neighbour-advertisement"];
        return $"config rule\n\toption name '{RuleTag.Prefix}{KernelProgram.DefaultId}'\n\toption src '*'\n\toption family 'ipv6'\n\tlist proto 'icmp'\n"
            + string.Concat(types.Select(type => $"\tlist icmp_type '{type}'\n")) + "\toption target 'ACCEPT'\n\n";
    }

    private static string Word(IReadOnlyList<DefaultVerdict> defaults, Zone from, Zone to) =>
        defaults.FirstOrDefault(next => (next.From?.Is(from) ?? true) && (next.To?.Is(to) ?? true))?.Verdict switch { Verdict.Accept => "ACCEPT", Verdict.Reject => "REJECT", _ => "DROP" };

    private static string Undo(Policy policy) => $$"""
        #!/bin/sh
        # Removes the sections that Postern wrote for the same applications. Afterwards: uci commit firewall; service firewall restart
        uci show firewall | sed -n {{string.Join(' ', policy.Rules.Select(rule => RuleTag.Application(rule.Id)).Distinct().Select(name => $"-e \"s/^\\(firewall\\.[^.]*\\)\\.name='{RuleTag.Prefix}{name.Replace(".", "\\.", StringComparison.Ordinal)}:.*/\\1/p\""))}} | sort -r -t'[' -k2 -n |
            while read -r section; do uci delete "$section"; done

        """;

    private static IEnumerable<string> Head(Policy policy, FormatOptions options)
    {
        yield return options.IsWhole
            ? "A whole /etc/config/firewall; masquerading (option masq) of the outer zone is yours to add. Load: service firewall restart"
            : "Sections for /etc/config/firewall, whose zones have these names. Load: service firewall restart    Remove: the same command with --undo";
        if (policy.Rules.FirstOrDefault(rule => rule.Helper is not null) is { } helped)
        {
            yield return $"The helper of connection tracking for {RuleTag.Application(helped.Id)} ({helped.Helper}) is an option of its zone; these rules set none.";
        }
    }
}
