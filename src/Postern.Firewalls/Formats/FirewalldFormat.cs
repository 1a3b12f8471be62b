using System.Security.Cryptography;
using System.Text;
using Postern.Firewalls.Formats.Firewalld;
using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>
/// firewalld's policies, one for each pair of zones that has rules, and the ports at which this host serves as services. With
/// <c>--whole</c> also the zones, and a policy for every pair.
/// </summary>
public sealed class FirewalldFormat : IRuleFormat
{
    private const string Host = "HOST";
    private const string Anywhere = "ANY";

    public string Id => "firewalld";

    public string Title => "firewalld";

    public bool IsVerifiedByTool => true;

    public FormatOutput Write(Policy policy, FormatOptions options)
    {
        NoInsertion.Check(options, "firewalld's rules go by zones");
        var written = WrittenRules<string>.Of(policy, options.Versions, rule => FirewalldRule.Write(rule, options.Versions));
        var fragment = RuleTag.Fragment(policy.Rules.Select(rule => rule.Id), 200);
        var pairs = options.IsWhole ? AllPairs(policy, written).ToList() : [.. written.Rules.Select(next => Pair(next.Rule)).Distinct()];
        if (options.IsUndo)
        {
            var names = pairs.Select(pair => $"firewall-cmd --permanent --delete-policy={Name(fragment, pair)} || :\n").Concat(Services(policy).Select(file => $"firewall-cmd --permanent --delete-service={file.Name[9..^4]} || :\n"));
            return new([new("postern-undo.sh", $"#!/bin/sh\n# Removes what Postern wrote for firewalld for the same command.\n{string.Concat(names)}firewall-cmd --reload\n")], [], 0);
        }

        var defaults = options.IsWhole ? written.Defaults(policy) : [];
        var files = pairs.Select(pair => PolicyFile(written, pair, fragment, Target(defaults, pair, options.IsWhole), options.IsWhole));
        var zones = options.IsWhole ? policy.Zones.Select(zone => ZoneFile(policy, zone, Target(defaults, (zone.Name, Host), true), options.Versions)) : [];
        var head = FirewalldText.Comment(HeaderComment.Of("", [.. Head(policy, options), .. options.Remarks], written.Losses));
        var all = files.Concat(zones).Concat(Services(policy)).ToList();
        return new([.. all.DefaultIfEmpty(new($"policies/{fragment}.xml", "")).Select((file, i) => file with { Text = FirewalldText.Declaration + (i == 0 ? head : "") + file.Text })], written.Losses, written.Opened);
    }

    private static FormatFile PolicyFile(WrittenRules<string> written, (string From, string To) pair, string fragment, string target, bool isWhole)
    {
        var text = new StringBuilder($"<policy target=\"{target}\" priority=\"{(isWhole ? -1 : -100)}\">\n");
        text.Append($"  <short>{Name(fragment, pair)}</short>\n  <ingress-zone name=\"{pair.From}\"/>\n  <egress-zone name=\"{pair.To}\"/>\n");
        var priority = 0; // without it firewalld would take what refuses first
        foreach (var (rule, texts) in written.Rules.Where(next => Pair(next.Rule) == pair))
        {
            text.Append($"  {FirewalldText.Comment($"{RuleTag.Of(rule.Id)} {HeaderComment.Line(rule.Why)} ").Replace("\n", "", StringComparison.Ordinal)}\n");
            foreach (var line in texts)
            {
                text.Append("  ").Append(line.Replace("<rule", $"<rule priority=\"{++priority}\"", StringComparison.Ordinal)).Append('\n');
            }
        }

        return new($"policies/{Name(fragment, pair)}.xml", text.Append("</policy>\n").ToString());
    }

    private static FormatFile ZoneFile(Policy policy, Zone zone, string target, IReadOnlyList<IpVersion> versions)
    {
        var text = new StringBuilder($"<zone target=\"{(target == "REJECT" ? "%%REJECT%%" : target)}\">\n  <short>{ZoneName(zone)}</short>\n");
        foreach (var name in zone.Interfaces)
        {
            text.Append($"  <interface name=\"{name}\"/>\n"); // who lives there the rules say: a zone's sources would count at every interface
        }

        foreach (var network in versions.Where(version => zone.Interfaces.Count == 0 && !zone.Addresses.IsAnyOf(version)).SelectMany(version => zone.Addresses.Of(version).Networks()))
        {
            text.Append($"  <source address=\"{AddressSet.Text(network)}\"/>\n");
        }

        return new($"zones/{ZoneName(zone)}.xml", text.Append(policy.RouteBack.Any(zone.Is) ? "  <forward/>\n" : "").Append("</zone>\n").ToString());
    }

    private static IEnumerable<FormatFile> Services(Policy policy) =>
        from served in ServedPorts.Of(policy.Rules).GroupBy(served => served.Application)
        let ports = served.SelectMany(next => next.Ports.Ranges.Select(range => $"  <port port=\"{range}\" protocol=\"{next.Protocol.Word()}\"/>\n"))
        select new FormatFile($"services/postern-{served.Key}.xml", $"<service>\n  <short>{served.Key}</short>\n  <description>Ports at which {served.Key} serves here; written by Postern. It opens nothing until it is put into a zone.</description>\n{string.Concat(ports)}</service>\n");

    /// <summary>What is forwarded may go anywhere before its destination is rewritten.</summary>
    private static (string From, string To) Pair(Rule rule) => (ZoneName(rule.Match.From!), rule.Verdict is Verdict.Forward ? Anywhere : ZoneName(rule.Match.To!));

    private static IEnumerable<(string From, string To)> AllPairs(Policy policy, WrittenRules<string> written)
    {
        string[] all = [Host, .. policy.Zones.Select(zone => zone.Name)];
        var between = from one in all
                      from other in all
                      where one != other && (policy.IsRouter || one == Host || other == Host)
                      select (one, other);
        return written.Rules.Select(next => Pair(next.Rule)).Where(pair => pair.To == Anywhere || pair.From == pair.To).Distinct().Concat(between);
    }

    private static string Target(IReadOnlyList<DefaultVerdict> defaults, (string From, string To) pair, bool isWhole) =>
        !isWhole || pair.To == Anywhere ? "CONTINUE" : defaults.FirstOrDefault(next => IsNamed(next.From, pair.From) && IsNamed(next.To, pair.To))?.Verdict switch
        {
            Verdict.Accept => "ACCEPT",
            Verdict.Reject => "REJECT",
            _ => "DROP",
        };

    private static bool IsNamed(Zone? zone, string name) => zone is null || ZoneName(zone) == name;

    private static string ZoneName(Zone zone) => zone.IsSelf ? Host : zone.Name;

    /// <summary>At most 18 signs, of which firewalld makes names of chains.</summary>
    private static string Name(string fragment, (string From, string To) pair) =>
        $"postern-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{fragment} {pair.From} {pair.To}")))[..8]}";

    private static IEnumerable<string> Head(Policy policy, FormatOptions options)
    {
        yield return options.IsWhole
            ? "A whole policy for firewalld: put these folders into /etc/firewalld. Load: firewall-cmd --check-config, then firewall-cmd --reload"
            : "A fragment for firewalld, whose zones have these names: put these folders into /etc/firewalld. Load: firewall-cmd --reload    Remove: the same command with --undo";
        if (policy.Rules.FirstOrDefault(rule => rule.Helper is not null) is { } helped)
        {
            yield return $"It sets no helper of connection tracking for {RuleTag.Application(helped.Id)} ({helped.Helper}); what that opens by its payload stays closed.";
        }

        if (policy.Rules.Any(rule => rule.Verdict is Verdict.Forward forward && rule.Match.Destination.IsAnyOf(forward.Version)))
        {
            yield return "As long as the firewall's outer address is not named, firewalld forwards what comes in for the port whatever address it was sent to.";
        }

        if (options.IsWhole && policy.Zones.Any(zone => zone.Interfaces.Count == 0))
        {
            yield return "Zones without an interface are for the default zone: firewall-cmd --set-default-zone";
        }

        if (options.IsWhole && policy.Defaults.Any(next => next.LogPrefix is not null))
        {
            yield return "What is refused at the end is written to the log by: firewall-cmd --set-log-denied=all";
        }

        if (!options.IsWhole && policy.RouteBack.Count > 0)
        {
            yield return $"Only --whole lets all of {string.Join(", ", policy.RouteBack.Select(zone => zone.Name))} back to itself.";
        }
    }
}
