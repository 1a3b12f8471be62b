using System.Text;
using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>
/// The ranges in which miniupnpd maps ports for those who ask it (UPnP, NAT-PMP, PCP): what is forwarded to a host, that host may ask
/// for, and nothing else. A whole policy is a miniupnpd.conf, with the chains that Shorewall has for it.
/// </summary>
public sealed class MiniupnpdFormat : IRuleFormat
{
    private const string FileName = "miniupnpd.conf";
    private const string DenyRest = "deny 0-65535 0.0.0.0/0 0-65535\n";

    public string Id => "miniupnpd";

    public string Title => "miniupnpd (port mappings)";

    public bool IsVerifiedByTool => true;

    public FormatOutput Write(Policy policy, FormatOptions options)
    {
        NoInsertion.Check(options, "miniupnpd asks its rules in their order");
        if (options.IsUndo)
        {
            return new([TagUndo.Script(policy, "/etc/miniupnpd/miniupnpd.conf", tag => $"/^# {tag}/,/^allow/d", "restart miniupnpd")], [], 0);
        }

        var written = WrittenRules<string>.Of(policy, options.Versions, rule => Lines(policy, rule));
        var text = new StringBuilder(HeaderComment.Of("#", [.. Head(options), .. options.Remarks], written.Losses)).Append('\n');
        text.Append(options.IsWhole ? Daemon(written) : "");
        foreach (var (rule, lines) in written.Rules)
        {
            text.AppendJoin("", lines.Select(line => $"# {RuleTag.Of(rule.Id)}\n{line}\n"));
        }

        return new([new(FileName, text.Append(options.IsWhole ? DenyRest : "").ToString())], written.Losses, written.Opened);
    }

    private static RuleParts<string> Lines(Policy policy, Rule rule)
    {
        if (Loss(policy, rule) is { } loss)
        {
            return RuleParts<string>.Lost(loss);
        }

        var forward = (Verdict.Forward)rule.Verdict;
        return new([.. rule.Match.DestinationPorts.Ranges.Select(range => $"allow {range} {forward.To}/32 {(forward.Port is { } port ? $"{port}" : range)}")]);
    }

    private static string? Loss(Policy policy, Rule rule) => rule switch
    {
        { Verdict: not Verdict.Forward } => "miniupnpd maps ports to hosts, and has no rules for other flows.",
        { Verdict: Verdict.Forward { Version: IpVersion.V6 } } => "miniupnpd's ranges are of IPv4.",
        { Match.DestinationPorts.IsAny: true } or { Match.Protocol: not (IpProtocol.Tcp or IpProtocol.Udp) } => "miniupnpd maps ports of TCP and UDP.",
        { Match: { SamePort: true } or { SourcePorts.IsAny: false } } => "A mapping does not look at the source port.",
        { Match: var match } when !match.Source.IsAnyOf(IpVersion.V4) => "A mapping is for everybody outside.",
        _ when !policy.Rules.Any(other => IsTwin(rule, other)) => "miniupnpd's ranges do not tell TCP from UDP, and only one of them is wanted.",
        _ => null,
    };

    private static bool IsTwin(Rule rule, Rule other) => rule.Verdict.Equals(other.Verdict) && other.Match.Protocol is IpProtocol.Tcp or IpProtocol.Udp
        && other.Match.Protocol != rule.Match.Protocol && other.Match.DestinationPorts.Contains(rule.Match.DestinationPorts) && other.Match.SourcePorts.IsAny;

    private static string Daemon(WrittenRules<string> written)
    {
        var outside = written.Rules.SelectMany(next => next.Rule.Match.From?.Interfaces ?? []).FirstOrDefault() ?? "eth0";
        var inside = written.Rules.SelectMany(next => next.Rule.Target?.Interfaces ?? []).Distinct().DefaultIfEmpty("eth1");
        return $"""
            ext_ifname={outside}
            {string.Concat(inside.Select(name => $"listening_ip={name}\n"))}enable_natpmp=yes
            enable_upnp=yes
            secure_mode=yes
            min_lifetime=120
            max_lifetime=86400
            system_uptime=yes
            upnp_forward_chain=forwardUPnP
            upnp_nat_chain=UPnP
            upnp_nat_postrouting_chain=UPnP-Postrouting

            """;
    }

    private static IEnumerable<string> Head(FormatOptions options)
    {
        yield return options.IsWhole
            ? "A whole miniupnpd.conf. The chains are Shorewall's, whose outer interface has the option upnp; Shorewall needs the daemon's kind for iptables."
            : "Ranges for miniupnpd: put them into miniupnpd.conf before its own, which should end with: " + DenyRest.TrimEnd();
        yield return "Who is named may open these ports for himself, and need not: whoever grants this trusts every program on that host.";
    }
}
