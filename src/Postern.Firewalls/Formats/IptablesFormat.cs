using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>A file for <c>iptables-restore</c>: the policy's rules for IPv4.</summary>
public sealed class IptablesFormat : IRuleFormat
{
    public string Id => "iptables";

    public string Title => "iptables (iptables-restore)";

    public bool IsVerifiedByTool => true;

    public FormatOutput Write(Policy policy, FormatOptions options) => Write(policy, options, IpVersion.V4);

    internal static FormatOutput Write(Policy policy, FormatOptions options, IpVersion version)
    {
        IReadOnlyList<IpVersion> versions = options.Versions.Contains(version) ? [version] : [];
        var point = InsertionPoint.Parse(options.Into, InsertionPoint.Iptables, policy.IsRouter);
        var texts = ChainTexts.Of(policy, options, versions, rule => IptablesRule.Write(rule, version));
        var file = new IptablesFile(policy, texts, point, version);
        var body = (options.IsWhole, options.IsUndo) switch
        {
            (true, true) => file.WholeUndo(),
            (true, false) => file.Whole(),
            (false, true) => file.FragmentUndo(),
            _ => file.Fragment(),
        };
        IReadOnlyList<FormatLoss> losses = options.IsUndo ? [] : texts.Losses;
        var name = version == IpVersion.V4 ? "postern.v4" : "postern.v6";
        var family = version == IpVersion.V4 ? "ip filter" : "ip6 filter"; // where iptables' nft kind keeps its rules
        var obstacles = options.IsUndo ? [] : HostObstacles.Of(options.HostRuleset, texts.Written, chain => chain.Table == family).ToList();
        var head = HeaderComment.Of("#", [.. Head(policy, options, texts, version, name), .. options.Remarks, .. obstacles], losses);
        return new([new(name, $"{head}\n{body}")], losses, options.IsUndo ? 0 : texts.Opened) { Obstacles = obstacles };
    }

    private static IEnumerable<string> Head(Policy policy, FormatOptions options, ChainTexts texts, IpVersion version, string file)
    {
        var tool = version == IpVersion.V4 ? "iptables" : "ip6tables";
        if (options.IsUndo)
        {
            yield return options.IsWhole
                ? $"Opens {tool} again. Load: {tool}-restore {file}"
                : $"Removes what Postern put into {tool} for the same command. Load: {tool}-restore --noflush {file}";
            yield break;
        }

        yield return options.IsWhole
            ? $"A whole policy for {tool}: its tables take the place of what stands in them. Load: {tool}-restore {file}"
            : $"A fragment for {tool}, whose chains must let pass what belongs to a flow. Load: {tool}-restore --noflush {file}";
        yield return options.IsWhole
            ? "Remove: the same command with --undo"
            : "Remove: the same command with --undo; before a second load, too: the load fails, and changes nothing, where the chains stand already.";
        if (texts.Written.Any(rule => rule.Helper is not null && (rule.Match.Out.Count > 0 || rule.Match.IsRedirected)))
        {
            yield return "A helper is set before the way out is known: flows that other rules let pass to the same ports have it too.";
        }

        if (!options.IsWhole && policy.RouteBack.Count > 0)
        {
            yield return $"Only --whole lets all of {string.Join(", ", policy.RouteBack.Select(zone => zone.Name))} back to itself.";
        }
    }
}
