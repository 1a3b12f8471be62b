using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Hosts;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>
/// nftables (<c>nft -f</c>). A fragment is chains of its own in a standing table, asked first thing from its chains; a whole policy
/// is the table <c>inet postern</c>. Either loads in one step or not at all, and any number of times.
/// </summary>
public sealed class NftablesFormat : IRuleFormat
{
    public const string WholeTable = "inet postern";
    private const string FileName = "postern.nft";

    public string Id => "nftables";

    public string Title => "nftables";

    public bool IsVerifiedByTool => true;

    public FormatOutput Write(Policy policy, FormatOptions options)
    {
        var point = InsertionPoint.Parse(options.Into, InsertionPoint.Nftables, policy.IsRouter);
        var versions = options.Versions.Where(version => options.IsWhole || point.Family is "inet" || (point.Family == "ip") == (version == IpVersion.V4)).ToList();
        var texts = ChainTexts.Of(policy, options, versions, NftablesRule.Write);
        var body = (options.IsWhole, options.IsUndo) switch
        {
            (true, true) => $"add table {WholeTable}\ndelete table {WholeTable}\n",
            (true, false) => NftablesWhole.Write(policy, texts),
            (false, true) => NftablesFragment.Undo(policy, texts, point, options.HostRuleset),
            _ => NftablesFragment.Write(policy, texts, point, options.HostRuleset),
        };
        if (options.IsUndo)
        {
            return new([new(FileName, $"{HeaderComment.Of("#", Head(policy, options, point), [])}\n{body}")], [], 0);
        }

        var obstacles = HostObstacles.Of(options.HostRuleset, texts.Written, chain => IsOurs(chain, options.IsWhole, point)).ToList();
        var head = HeaderComment.Of("#", [.. Head(policy, options, point), .. options.Remarks, .. obstacles], texts.Losses);
        return new([new(FileName, $"{head}\n{body}")], texts.Losses, texts.Opened) { Obstacles = obstacles };
    }

    /// <summary>A fragment is asked first in its chains, so that what stands behind it there refuses nothing that it lets pass.</summary>
    private static bool IsOurs(NftChain chain, bool isWhole, InsertionPoint point) => isWhole
        ? chain.Table == WholeTable
        : chain.Table == $"{point.Family} {point.Table}" && (chain.Name == point.Input || chain.Name == point.Forward || chain.Name == point.Output);

    private static IEnumerable<string> Head(Policy policy, FormatOptions options, InsertionPoint point)
    {
        if (options.IsUndo)
        {
            yield return $"Removes what Postern put into nftables for the same command. Load: nft -f {FileName}";
            yield break;
        }

        yield return options.IsWhole
            ? $"A whole policy for nftables, in the table {WholeTable}; other tables stay as they are."
            : $"A fragment for nftables, for the chains of the table {point.Family} {point.Table}, which must let pass what belongs to a flow.";
        yield return $"Load: nft -f {FileName}    Remove: the same command with --undo";
        yield return $"For {string.Join(" and ", options.Versions.Order().Select(version => version == IpVersion.V4 ? "IPv4" : "IPv6"))}.";
        if (!options.IsWhole && policy.RouteBack.Count > 0)
        {
            yield return $"Only --whole lets all of {string.Join(", ", policy.RouteBack.Select(zone => zone.Name))} back to itself.";
        }
    }
}
