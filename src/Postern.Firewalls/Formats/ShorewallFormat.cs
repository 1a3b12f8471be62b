using System.Text;
using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Formats.Shorewall;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>
/// Files of Shorewall's configuration: the policy's rules for IPv4. A fragment is a file for an INCLUDE in the standing "rules",
/// whose zones have the same names; a whole policy is zones, interfaces, hosts, policy, rules and what else they need.
/// </summary>
public sealed class ShorewallFormat : IRuleFormat
{
    private const int MaxName = 60;

    public string Id => "shorewall";

    public string Title => "Shorewall";

    public bool IsVerifiedByTool => true;

    public FormatOutput Write(Policy policy, FormatOptions options) => Write(policy, options, IpVersion.V4);

    internal static FormatOutput Write(Policy policy, FormatOptions options, IpVersion version)
    {
        NoInsertion.Check(options, "Shorewall's rules go by zones");
        IReadOnlyList<IpVersion> versions = options.Versions.Contains(version) ? [version] : [];
        var written = WrittenRules<ShorewallLine>.Of(policy, versions, new ShorewallRule(policy, version, options.IsWhole).Write);
        written.Change(lines => lines.ConvertAll(line => IsMerged(line, lines) ? line with { Transport = line.Transport.Guarded() } : line));
        var macros = new ShorewallMacros(written.Rules);
        var name = RuleTag.Fragment(policy.Rules.Select(rule => rule.Id), MaxName);
        if (options.IsUndo)
        {
            return new([new($"{name}-undo.sh", Undo(policy, macros, name, version))], [], 0);
        }

        var files = options.IsWhole ? Whole(policy, written, macros, version).ToList() : Fragment(policy, written, macros, name).ToList();
        var head = HeaderComment.Of("#", [.. Head(policy, options, name, version), .. options.Remarks], written.Losses);
        return new([.. files.Select((file, i) => new FormatFile(file.Name, i == 0 ? $"{head}\n{file.Text}" : $"# Part of what Postern wrote; see {files[0].Name}.\n{file.Text}")), .. macros.Files], written.Losses, written.Opened);
    }

    private static bool IsMerged(ShorewallLine line, List<ShorewallLine> lines) => lines.Exists(other => line.Transport.IsMergedWith(other.Transport)
        && line.Action == other.Action && line.Source == other.Source && line.Destination == other.Destination && line.OriginalDestination == other.OriginalDestination);

    private static IEnumerable<(string Name, string Text)> Whole(Policy policy, WrittenRules<ShorewallLine> written, ShorewallMacros macros, IpVersion version)
    {
        var isMapping = written.Rules.Any(next => IsMapping(next.Rule));
        var whole = new ShorewallWhole(policy, version, isMapping);
        var mapped = from outside in isMapping ? whole.Outside : []
                     from inside in policy.Zones
                     where !inside.Is(outside) && policy.IsRouter && !inside.Addresses.Of(version).IsEmpty
                     select $"?COMMENT {RuleTag.Prefix}{KernelProgram.DefaultId}\n# What the daemon for port mappings opens.\nforwardUPnP {outside.Name} {inside.Name}\n";
        yield return ("rules", $"?SECTION NEW\n{Rules(written, macros)}{string.Concat(mapped)}?COMMENT\n");
        foreach (var file in whole.Files(written.Defaults(policy)))
        {
            yield return file;
        }

        if (Hairpins(policy, written) is { Length: > 0 } hairpins)
        {
            yield return ("snat", hairpins);
        }
    }

    private static IEnumerable<(string Name, string Text)> Fragment(Policy policy, WrittenRules<ShorewallLine> written, ShorewallMacros macros, string name)
    {
        yield return ($"{name}.rules", $"{Rules(written, macros)}?COMMENT\n");
        if (Hairpins(policy, written) is { Length: > 0 } hairpins)
        {
            yield return ($"{name}.snat", hairpins);
        }
    }

    private static string Rules(WrittenRules<ShorewallLine> written, ShorewallMacros macros)
    {
        var text = new StringBuilder();
        foreach (var (rule, lines) in written.Rules)
        {
            text.Append($"?COMMENT {RuleTag.Of(rule.Id)}\n{(rule.Why.Length > 0 ? $"# {HeaderComment.Line(rule.Why)}\n" : "")}");
            text.AppendJoin('\n', lines.Select(line => macros.Text(rule, line))).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What is forwarded back to where it came from must come back through the firewall.</summary>
    private static string Hairpins(Policy policy, WrittenRules<ShorewallLine> written) => string.Concat(
        from next in written.Rules
        let home = ShorewallRule.Home(policy, next.Rule)
        where home is not null && next.Rule.Match.From!.Is(home)
        from line in next.Parts
        from name in home.Interfaces
        let to = line.Destination[(home.Name.Length + 1)..]
        select $"?COMMENT {RuleTag.Of(next.Rule.Id)}\nMASQUERADE {home.Addresses.Of(((Verdict.Forward)next.Rule.Verdict).Version)} {name}:{((Verdict.Forward)next.Rule.Verdict).To} {line.Transport.Protocol} {Port(next.Rule, line)}\n");

    private static string Port(Rule rule, ShorewallLine line) => ((Verdict.Forward)rule.Verdict).Port is { } port ? $"{port}" : line.Transport.DestinationPorts;

    /// <summary>NAT-PMP and PCP (RFC 6887), and UPnP's discovery: who may ask there has the firewall opened from inside.</summary>
    private static bool IsMapping(Rule rule) => rule is { Verdict: Verdict.Accept, Match: { To.IsSelf: true, From: not null, Protocol: IpProtocol.Udp } match }
        && (match.DestinationPorts.Equals(PortSet.Of(5351)) || match.DestinationPorts.Equals(PortSet.Of(1900)));

    private static string Undo(Policy policy, ShorewallMacros macros, string name, IpVersion version)
    {
        var folder = Folder(version);
        var tags = string.Concat(policy.Rules.Select(rule => RuleTag.Of(RuleTag.Application(rule.Id))).Distinct().Select(tag => $"    -e '/^?COMMENT {tag.Replace(".", "\\.", StringComparison.Ordinal)}:/,/^?COMMENT$/d' \\\n"));
        var files = string.Join(' ', macros.Files.Select(file => file.Name).Prepend($"{name}.snat").Prepend($"{name}.rules"));
        return $$"""
            #!/bin/sh -e
            # Takes out of {{Tool(version)}}'s configuration what Postern wrote for the same command. Afterwards: {{folder}} reload
            cd "${1:-/etc/{{folder}}}"
            for file in rules snat; do
                [ -e "$file" ] || continue
                sed -i \
            {{tags}}    -e '/^INCLUDE {{name}}\.\(rules\|snat\)$/d' "$file"
            done
            rm -f {{files}}

            """;
    }

    private static IEnumerable<string> Head(Policy policy, FormatOptions options, string name, IpVersion version)
    {
        var folder = Folder(version);
        if (options.IsWhole)
        {
            yield return $"A whole configuration for {Tool(version)}: put all these files into /etc/{folder}. Load: {folder} reload";
            yield return "What leaves for outside is not masqueraded by it: your own lines of snat say that.";
        }
        else
        {
            yield return $"A fragment for {Tool(version)}, whose zones have these names. Put it into /etc/{folder}, and this line into its rules, section NEW:";
            yield return $"    INCLUDE {name}.rules";
            yield return $"(and INCLUDE {name}.snat into its snat, where there is such a file). Load: {folder} reload    Remove: the same command with --undo";
        }

        foreach (var zone in options.IsWhole ? [] : policy.RouteBack)
        {
            yield return $"Interfaces of {zone.Name} need the option routeback; it lets all of {zone.Name} back to itself.";
        }

        if (!options.IsWhole && policy.Rules.Any(IsMapping))
        {
            yield return $"For a daemon for port mappings the outer interface needs the option upnp, and the rules need: forwardUPnP OUTSIDE INSIDE";
        }

        if (policy.Rules.Any(rule => rule.Verdict is Verdict.Forward && rule.Match.Destination.IsAnyOf(version)))
        {
            yield return "As long as the firewall's outer address is not named, Shorewall forwards what comes in for the port whatever address it was sent to.";
        }
    }

    private static string Tool(IpVersion version) => version == IpVersion.V4 ? "Shorewall" : "Shorewall6";

    private static string Folder(IpVersion version) => version == IpVersion.V4 ? "shorewall" : "shorewall6";
}
