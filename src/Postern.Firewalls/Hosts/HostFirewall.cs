using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Hosts;

/// <summary>This computer's own firewall, from what its tools print: which of its rules would stop a flow.</summary>
public sealed class HostFirewall
{
    /// <summary>The table that firewalld makes.</summary>
    private const string FirewalldTable = "inet firewalld";

    private readonly NftRuleset? _nft;
    private readonly NftListing _listing;
    private readonly IptablesTables _v4;
    private readonly IptablesTables _v6;
    private readonly UfwRules _ufw;

    /// <summary>Empty texts where a tool is not there or may not be asked.</summary>
    /// <param name="nftJson">nft -j list ruleset.</param>
    /// <param name="nftText">nft -a list ruleset.</param>
    /// <param name="iptables">iptables-save.</param>
    /// <param name="ip6tables">ip6tables-save.</param>
    /// <param name="ufwRules">ufw's user.rules and user6.rules.</param>
    public HostFirewall(string nftJson, string nftText, string iptables, string ip6tables, string ufwRules)
    {
        _nft = NftRuleset.Parse(nftJson);
        _listing = NftListing.Parse(nftText);
        (_v4, _v6) = (IptablesTables.Parse(iptables), IptablesTables.Parse(ip6tables));
        _ufw = UfwRules.Parse(ufwRules);
        Owners = [.. FindOwners()];
    }

    /// <summary>Who keeps rules here, the one that its keeper talks to first; empty where nobody does.</summary>
    public IReadOnlyList<string> Owners { get; }

    /// <summary>What would stop the flow, in the order in which it would be asked.</summary>
    public IReadOnlyList<FirewallCatch> Catches(HostFlow flow)
    {
        var legacy = flow.Version == IpVersion.V4 ? _v4 : _v6;
        var tool = flow.Version == IpVersion.V4 ? "iptables" : "ip6tables";
        var fromIptables = IptablesWalk.Obstacles(legacy, flow).Select(found => Of(tool, found.Rule, found.Chain, found.IsCertain));
        var fromNft = _nft is null ? [] : NftWalk.Obstacles(_nft, flow, IsOfIptables).Select(Of);
        return [.. fromIptables.Concat(fromNft)];
    }

    private FirewallCatch Of(string tool, IptablesRule? rule, string chain, bool isCertain)
    {
        if (rule is null)
        {
            var isUfw = tool.Length > 0 && Owners.Contains("ufw");
            return new(isUfw ? "ufw" : tool, chain, $"the chain's policy DROP, since no rule accepts it{(isUfw ? " (ufw's default)" : "")}", isCertain);
        }

        var isOfUfw = rule.Chain.StartsWith("ufw", StringComparison.Ordinal);
        var typed = isOfUfw ? _ufw.Typed(rule) : null;
        var words = typed is null ? $"the rule '{rule.Text}'" : $"the rule '{rule.Text}', which 'ufw {typed}' made";
        var undo = typed is not null ? $"ufw delete {typed}" : isOfUfw ? "" : $"{tool}{(rule.IsOld ? "-legacy" : "")} -t {rule.Table} -D {rule.Text[3..]}";
        return new(isOfUfw ? "ufw" : tool, chain, words, isCertain, undo);
    }

    private FirewallCatch Of(Obstacle obstacle)
    {
        var table = string.Join(' ', obstacle.RuleChain.Split(' ').Take(2));
        var isFirewalld = table == FirewalldTable;
        var owner = isFirewalld ? "firewalld" : "nftables";
        if (obstacle.Handle is not { } handle)
        {
            return new(owner, obstacle.Chain, "the chain's policy drop, since no rule accepts it", obstacle.IsCertain);
        }

        var rule = _listing.Text(table, handle) is { } text ? $"the rule '{text}'" : $"the rule with handle {handle}";
        return new(owner, obstacle.RuleChain, rule, obstacle.IsCertain, isFirewalld ? "" : $"nft delete rule {obstacle.RuleChain} handle {handle}");
    }

    /// <summary>The same chain read twice is told once: iptables of the nft kind has its tables in nftables.</summary>
    private bool IsOfIptables(NftChain chain) => chain.Table.Split(' ') is [var family, var table] && family switch
    {
        "ip" => _v4.IsNft && _v4.Holds(table),
        "ip6" => _v6.IsNft && _v6.Holds(table),
        _ => false,
    };

    private IEnumerable<string> FindOwners()
    {
        if (_nft is not null && _nft.Chains.Any(chain => chain.Table == FirewalldTable))
        {
            yield return "firewalld";
        }

        if (_v4.Policies.Keys.Concat(_v6.Policies.Keys).Any(key => key.Contains(" ufw", StringComparison.Ordinal)))
        {
            yield return "ufw";
        }

        if (_nft is not null && _nft.Chains.Any(chain => chain.Type == "filter" && chain.Table != FirewalldTable && !IsOfIptables(chain)))
        {
            yield return "nftables";
        }

        if (!_v4.IsOfUfwAlone && !_v4.IsEmpty)
        {
            yield return "iptables";
        }

        if (!_v6.IsOfUfwAlone && !_v6.IsEmpty)
        {
            yield return "ip6tables";
        }
    }
}
