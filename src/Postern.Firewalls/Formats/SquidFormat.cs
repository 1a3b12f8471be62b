using System.Security.Cryptography;
using System.Text;
using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Formats.Proxies;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>
/// Access lists for the HTTP proxy squid: what it may open, by address and port, or by the names that an application's vendor gives.
/// It carries TCP alone.
/// </summary>
public sealed class SquidFormat : IRuleFormat
{
    private const string FileName = "squid-postern.conf";

    public string Id => "squid";

    public string Title => "squid (HTTP proxy)";

    public bool IsVerifiedByTool => true;

    public FormatOutput Write(Policy policy, FormatOptions options)
    {
        NoInsertion.Check(options, "squid asks its lists in their order");
        if (options.IsUndo)
        {
            return new([TagUndo.Script(policy, "/etc/squid/squid.conf", tag => $"/# {tag}/d", "squid -k reconfigure")], [], 0);
        }

        var written = WrittenRules<ProxiedFlow>.Of(policy, options.Versions, rule => Flows(rule, options.Versions));
        var lines = written.Rules.SelectMany(next => Lines(next.Rule, next.Parts));
        var head = HeaderComment.Of("#", [.. Head(options), .. options.Remarks], written.Losses);
        var body = string.Concat(lines.Select(line => $"{line}\n"));
        return new([new(FileName, options.IsWhole ? $"{head}\nhttp_port 3128\n{body}http_access deny all\n" : $"{head}\n{body}")], written.Losses, written.Opened);
    }

    private static RuleParts<ProxiedFlow> Flows(Rule rule, IReadOnlyList<IpVersion> versions)
    {
        var flows = ProxiedFlow.Of(rule, versions);
        return flows.Loss is null && rule.Match.Protocol != IpProtocol.Tcp ? RuleParts<ProxiedFlow>.Lost("An HTTP proxy carries TCP alone.") : flows;
    }

    private static IEnumerable<string> Lines(Rule rule, IReadOnlyList<ProxiedFlow> flows)
    {
        // A list that is named again grows: no two rules may share a name.
        var number = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rule.Id)))[..8];
        var tag = $" # {RuleTag.Of(rule.Id)}";
        foreach (var flow in flows)
        {
            var name = $"postern_{number}_{(flow.Version == IpVersion.V4 ? 4 : 6)}";
            var (destination, words) = Destination(rule, flow, name);
            yield return $"acl {name}_src src {Networks(flow.Clients)}{tag}";
            if (words is not null)
            {
                yield return $"acl {destination} {words}{tag}";
            }

            if (!flow.Ports.IsAny)
            {
                yield return $"acl {name}_port port {flow.Ports.Text("-", " ")}{tag}";
            }

            yield return $"http_access {(rule.Verdict.LetsPass ? "allow" : "deny")} {name}_src{(words is null ? "" : $" {destination}")}{(flow.Ports.IsAny ? "" : $" {name}_port")}{tag}";
        }
    }

    /// <summary>Where the vendor names hosts the rule is for them, which is less than every host: a proxy can.</summary>
    private static (string Name, string? Words) Destination(Rule rule, ProxiedFlow flow, string name) => flow.Destinations is { } destinations
        ? ($"{name}_dst", $"dst {Networks(destinations)}")
        : Names(rule) is { Length: > 0 } names && rule.Verdict.LetsPass ? ($"{name}_names", $"dstdomain {names}") : ("", null);

    /// <summary>Names below a name that is named too would be a warning.</summary>
    private static string Names(Rule rule)
    {
        var names = rule.Hosts.Select(host => host.StartsWith("*.", StringComparison.Ordinal) ? host[1..] : host).Distinct().ToList();
        return names.Exists(host => !host.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '.' or '-')) ? "" : string.Join(' ', names.Where(host => !names.Exists(other => other != host && other.StartsWith('.') && $".{host.TrimStart('.')}".EndsWith(other, StringComparison.Ordinal))));
    }

    private static string Networks(AddressSet set) => string.Join(' ', set.Networks().Select(AddressSet.Text));

    private static IEnumerable<string> Head(FormatOptions options)
    {
        yield return options.IsWhole
            ? "A whole squid.conf: nothing but this passes. Check: squid -k parse"
            : $"Lists for squid: in /etc/squid/squid.conf, before its first http_access: include /etc/squid/{FileName}. Check: squid -k parse    Remove: take the line out, or the same command with --undo";
        yield return "squid opens the flows from ports of its own: it does not look at source ports. What is no HTTP goes by CONNECT.";
    }
}
