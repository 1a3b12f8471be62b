using System.Text.Json;

namespace Postern.Firewalls.Hosts;

/// <summary>
/// Follows the first packet of a flow through the chains of a host. Every base chain at a hook has its say: what one of them refuses is
/// refused, whatever the others accept.
/// </summary>
public static class NftWalk
{
    private const int MaxDepth = 16; // NFT_JUMP_STACK_SIZE

    /// <summary>What would refuse the flow, in the order in which it would be asked; the chains that the caller knows better are left out.</summary>
    public static IReadOnlyList<Obstacle> Obstacles(NftRuleset host, HostFlow flow, Func<NftChain, bool> isKnown)
    {
        var family = flow.Version == Rules.IpVersion.V4 ? "ip " : "ip6 ";
        return
        [
            .. host.Chains
                .Where(chain => chain.Type == "filter" && chain.Hook == flow.Hook && !isKnown(chain))
                .Where(chain => chain.Table.StartsWith("inet ", StringComparison.Ordinal) || chain.Table.StartsWith(family, StringComparison.Ordinal))
                .OrderBy(chain => chain.Priority)
                .Select(chain => Through(host, flow, chain))
                .OfType<Obstacle>(),
        ];
    }

    private static Obstacle? Through(NftRuleset host, HostFlow flow, NftChain chain)
    {
        var walk = new Walk(host, flow, $"{chain.Table} {chain.Name}", chain.Table);
        walk.Enter(chain.Name, isCertain: true, MaxDepth);
        return walk.Ended ? walk.Found
            : chain.DropsRest ? new(walk.Base, null, walk.Base, walk.IsSure)
            : walk.Found;
    }

    private sealed class Walk(NftRuleset host, HostFlow flow, string name, string table)
    {
        private bool _mayHaveEnded;

        public string Base => name;

        public Obstacle? Found { get; private set; }

        public bool Ended { get; private set; }

        /// <summary>Nothing that we could not read may have accepted it before.</summary>
        public bool IsSure => !_mayHaveEnded;

        public void Enter(string chain, bool isCertain, int depth)
        {
            foreach (var rule in depth == 0 ? [] : host.Rules.Where(rule => rule.Table == table && rule.Chain == chain))
            {
                if (Follow(rule, isCertain, depth) || Ended)
                {
                    return;
                }
            }
        }

        /// <summary>True where the packet leaves the chain.</summary>
        private bool Follow(NftRule rule, bool isCertain, int depth)
        {
            foreach (var expression in rule.Expressions)
            {
                if (NftCondition.Verdict(expression, flow) is { } verdict)
                {
                    return Decide(rule, verdict, isCertain, depth);
                }

                var holds = NftCondition.Holds(expression, flow, host, table);
                if (holds == false)
                {
                    return false;
                }

                isCertain &= holds == true;
            }

            return false;
        }

        private bool Decide(NftRule rule, JsonProperty verdict, bool isCertain, int depth)
        {
            switch (verdict.Name)
            {
                case "accept":
                    (Ended, _mayHaveEnded) = (isCertain, _mayHaveEnded || !isCertain);
                    return isCertain;
                case "drop" or "reject":
                    Found ??= new(name, rule.Handle, $"{table} {rule.Chain}", isCertain && IsSure);
                    Ended = isCertain;
                    return isCertain;
                case "jump" or "goto":
                    Enter(verdict.Value.GetProperty("target").GetString() ?? "", isCertain, depth - 1);
                    return verdict.Name == "goto" && isCertain;
                default:
                    return isCertain; // return
            }
        }
    }
}
