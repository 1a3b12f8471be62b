using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Firewalld;

/// <summary>A rule as rich rules, as many as it takes: each holds one element, so either a port or a source port.</summary>
internal static class FirewalldRule
{
    /// <summary>More would be no rule that a person can read.</summary>
    private const int MaxRules = 64;

    public static RuleParts<string> Write(Rule rule, IReadOnlyList<IpVersion> versions)
    {
        var matches = KernelMatches.Of(rule.Match, Place.Forward, versions);
        if (matches.Select(match => Loss(rule, match)).FirstOrDefault(loss => loss is not null) is { } loss)
        {
            return RuleParts<string>.Lost(loss);
        }

        var texts = matches.SelectMany(match => Texts(rule, match)).Take(MaxRules + 1).ToList();
        return texts.Count > MaxRules ? RuleParts<string>.Lost($"firewalld would need more than {MaxRules} rich rules: it takes one network and one range of ports in each.") : new(texts);
    }

    private static string? Loss(Rule rule, KernelMatch match) => match switch
    {
        _ when rule.Match.From is null || rule.Match.To is null => "firewalld has no word for all zones and the host together.",
        { SamePort: true } => "firewalld cannot compare the source port with the destination port.",
        { SourcePorts.IsAny: false, DestinationPorts.IsAny: false } => "One rich rule of firewalld holds either a port or a source port.",
        { SourcePorts.IsAny: false } when rule.Verdict is Verdict.Forward => "firewalld forwards without a look at the source port.",
        { Protocol: IpProtocol.Any, LooksAtPorts: true } or { Protocol: IpProtocol.UdpLite, LooksAtPorts: true } => "firewalld knows the ports of TCP, UDP and SCTP alone.",
        { DestinationPorts.IsAny: true } when rule.Verdict is Verdict.Forward => "firewalld forwards ports, not everything.",
        { IcmpType: { } type } when IcmpNames.Of(match.Protocol, type) is null => $"firewalld has no name for ICMP type {type}.",
        { Protocol: IpProtocol.Ah, Version: not IpVersion.V4 } => "In IPv6 AH is an extension header, which firewalld has no word for.",
        _ => null,
    };

    private static IEnumerable<string> Texts(Rule rule, KernelMatch match) =>
        from source in Networks("source", match.Source)
        from destination in Networks("destination", match.Destination)
        from element in Elements(rule, match)
        from family in Families(rule, match)
        select $"<rule{(family is { } one ? $" family=\"{(one == IpVersion.V4 ? "ipv4" : "ipv6")}\"" : "")}>{source}{destination}{element}{Log(rule)}{Action(rule, family)}</rule>";

    /// <summary>Null for both at once, which firewalld does not take where the answer is named, be it by one name for both.</summary>
    private static IEnumerable<IpVersion?> Families(Rule rule, KernelMatch match)
    {
        var family = match.Version ?? rule.Match.Protocol switch
        {
            IpProtocol.Icmp => IpVersion.V4,
            IpProtocol.Icmp6 => IpVersion.V6,
            _ => (rule.Verdict as Verdict.Forward)?.Version,
        };
        var isNamed = rule.Verdict is Verdict.Reject reject && (reject.IsAdministrative || rule.Match.Protocol == IpProtocol.Tcp);
        return family is null && isNamed ? [IpVersion.V4, IpVersion.V6] : [family];
    }

    private static IEnumerable<string> Networks(string end, AddressSet? set) =>
        set?.Networks().Select(network => $"<{end} address=\"{AddressSet.Text(network)}\"/>") ?? [""];

    private static IEnumerable<string> Elements(Rule rule, KernelMatch match)
    {
        var word = match.Protocol.Word();
        return rule.Verdict switch
        {
            Verdict.Forward forward => match.DestinationPorts.Ranges.Select(range =>
                $"<forward-port port=\"{range}\" protocol=\"{word}\" to-addr=\"{forward.To}\"{(forward.Port is { } port ? $" to-port=\"{port}\"" : "")}/>"),
            _ when match.IcmpType is { } type => [$"<icmp-type name=\"{IcmpNames.Of(match.Protocol, type)}\"/>"],
            _ when !match.DestinationPorts.IsAny => match.DestinationPorts.Ranges.Select(range => $"<port port=\"{range}\" protocol=\"{word}\"/>"),
            _ when !match.SourcePorts.IsAny => match.SourcePorts.Ranges.Select(range => $"<source-port port=\"{range}\" protocol=\"{word}\"/>"),
            _ when match.Protocol == IpProtocol.Any => [""],
            _ => [$"<protocol value=\"{Protocol(match.Protocol)}\"/>"],
        };
    }

    // As /etc/protocols spells them.
    private static string Protocol(IpProtocol protocol) => protocol == IpProtocol.Icmp6 ? "ipv6-icmp" : $"{(byte)protocol}";

    private static string Log(Rule rule) => rule.LogPrefix is { } prefix
        ? $"<log prefix=\"{FirewalldText.Escaped(LogText.Of(prefix, LogText.Nftables))}\" level=\"info\"/>"
        : "";

    private static string Action(Rule rule, IpVersion? family) => rule.Verdict switch
    {
        Verdict.Forward => "",
        Verdict.Accept => "<accept/>",
        Verdict.Drop => "<drop/>",
        _ when rule.Match.Protocol == IpProtocol.Tcp => "<reject type=\"tcp-reset\"/>",
        Verdict.Reject { IsAdministrative: true } => $"<reject type=\"{(family == IpVersion.V4 ? "icmp-admin-prohibited" : "icmp6-adm-prohibited")}\"/>",
        _ => "<reject/>",
    };
}
