using System.Text;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Pf;

/// <summary>The rules of an anchor, or a whole pf.conf.</summary>
internal static class PfFile
{
    private const string UsualAnchor = "postern";

    public static FormatOutput Write(Policy policy, FormatOptions options, PfDialect dialect)
    {
        var anchor = options.Into ?? UsualAnchor;
        if (!anchor.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_' or '/' or '.'))
        {
            throw new FormatException($"'{anchor}' is no name of an anchor.");
        }

        if (options.IsUndo)
        {
            return new([new("postern-undo.sh", $"#!/bin/sh\n# Empties the anchor that Postern's rules are in.\npfctl -a {anchor} -F all\n")], [], 0);
        }

        var rule = new PfRule(policy, dialect);
        var written = WrittenRules<PfText>.Of(policy, options.Versions, next => rule.Write(next, options.Versions));
        var text = new StringBuilder();
        text.Append(options.IsWhole ? "set skip on lo\n" : "");
        Append(text, written.Rules.SelectMany(next => next.Parts).SelectMany(part => part.Translation));
        text.Append(options.IsWhole && options.Versions.Contains(IpVersion.V6) ? "pass quick inet6 proto icmp6 icmp6-type { 133, 134, 135, 136 }\n" : ""); // RFC 4861: without them there is no IPv6
        Append(text, written.Rules.SelectMany(next => next.Parts).SelectMany(part => part.Filter));
        if (options.IsWhole)
        {
            Append(text, policy.RouteBack.Where(zone => zone.Interfaces.Count > 0 && !written.LostRefusal).SelectMany(Back));
            text.AppendJoin("", written.Defaults(policy).Select(PfRule.Default)).Append("block drop quick\n");
        }

        var head = HeaderComment.Of("#", [Unverified.Line, .. Head(policy, options, anchor, dialect), .. options.Remarks], written.Losses);
        return new([new(options.IsWhole ? "pf.conf" : "postern.pf", $"{head}\n{text}")], written.Losses, written.Opened);
    }

    private static IEnumerable<string> Back(Zone zone)
    {
        var on = zone.Interfaces.Count == 1 ? zone.Interfaces[0] : $"{{ {string.Join(", ", zone.Interfaces)} }}";
        yield return $"pass in quick on {on} from any to ! (self) tag \"postern:back:{zone.Name}\"";
        yield return $"pass out quick on {on} tagged \"postern:back:{zone.Name}\"";
    }

    private static void Append(StringBuilder text, IEnumerable<string> lines) => text.AppendJoin("", lines.Select(line => $"{line}\n"));

    private static IEnumerable<string> Head(Policy policy, FormatOptions options, string anchor, PfDialect dialect)
    {
        if (options.IsWhole)
        {
            yield return "A whole pf.conf. Check: pfctl -nf pf.conf    Load: pfctl -f pf.conf";
        }
        else
        {
            var anchors = dialect == PfDialect.OpenBsd ? $"anchor \"{anchor}\"" : $"rdr-anchor \"{anchor}\" (with the rules of translation) and anchor \"{anchor}\"";
            yield return $"For an anchor that pf.conf asks before its own rules: {anchors}";
            yield return $"Check: pfctl -n -a {anchor} -f postern.pf    Load: pfctl -a {anchor} -f postern.pf    Remove: pfctl -a {anchor} -F all";
        }

        if (!options.IsWhole && policy.RouteBack.Count > 0)
        {
            yield return $"Only --whole lets all of {string.Join(", ", policy.RouteBack.Select(zone => zone.Name))} back to itself.";
        }
    }
}
