namespace Postern.Firewalls.Hosts;

/// <summary>Follows the first packet of a flow through the chains of iptables; each table that refuses it, refuses it.</summary>
internal sealed class IptablesWalk
{
    private const int MaxDepth = 32;

    /// <summary>Of a text that no kernel would load; chains of real ones do not call each other in circles.</summary>
    private const int MaxSteps = 100_000;

    /// <summary>In the order in which the kernel asks them; "nat" decides no passage.</summary>
    private static readonly string[] Tables = ["raw", "mangle", "filter", "security"];

    private readonly IptablesTables _host;
    private readonly HostFlow _flow;
    private readonly string _table;
    private bool _mayHaveEnded;
    private bool _ended;
    private int _steps;

    private IptablesWalk(IptablesTables host, HostFlow flow, string table) => (_host, _flow, _table) = (host, flow, table);

    /// <summary>The rule that stopped it; null with a chain where the chain's policy did.</summary>
    public IptablesRule? Rule { get; private set; }

    public bool IsCertain { get; private set; }

    public bool IsStopped { get; private set; }

    /// <summary>What would stop the flow: the rule, or the policy of a chain, and whether that is certain.</summary>
    public static IEnumerable<(IptablesRule? Rule, string Chain, bool IsCertain)> Obstacles(IptablesTables host, HostFlow flow)
    {
        var chain = flow.Hook.ToUpperInvariant();
        foreach (var table in Tables.Where(table => host.Policies.ContainsKey($"{table} {chain}")))
        {
            var walk = new IptablesWalk(host, flow, table);
            walk.Enter(chain, isCertain: true, MaxDepth);
            walk.End(host.Policies[$"{table} {chain}"]);
            if (walk.IsStopped)
            {
                yield return (walk.Rule, walk.Rule is { } rule ? $"{table} {rule.Chain}" : $"{table} {chain}", walk.IsCertain);
            }
        }
    }

    private void End(string policy)
    {
        if (!_ended && policy == "DROP")
        {
            // A rule that only perhaps refuses comes before an end that surely does.
            (Rule, IsStopped, IsCertain) = (null, true, !_mayHaveEnded);
        }
    }

    private void Enter(string chain, bool isCertain, int depth)
    {
        foreach (var rule in depth == 0 ? [] : _host.Rules.Where(rule => rule.Table == _table && rule.Chain == chain))
        {
            if (++_steps > MaxSteps || Follow(rule, isCertain, depth) || _ended)
            {
                return;
            }
        }
    }

    /// <summary>True where the packet leaves the chain.</summary>
    private bool Follow(IptablesRule rule, bool isCertain, int depth)
    {
        foreach (var option in rule.Options)
        {
            if (option.Name is "-j" or "-g")
            {
                return Decide(rule, option, isCertain, depth);
            }

            var holds = IptablesCondition.Holds(option, _flow);
            if (holds == false)
            {
                return false;
            }

            isCertain &= holds == true;
        }

        return false;
    }

    private bool Decide(IptablesRule rule, IptablesOption target, bool isCertain, int depth)
    {
        switch (target.Value)
        {
            case "ACCEPT":
                (_ended, _mayHaveEnded) = (isCertain, _mayHaveEnded || !isCertain);
                return isCertain;
            case "DROP" or "REJECT":
                if (!IsStopped)
                {
                    (Rule, IsStopped, IsCertain) = (rule, true, isCertain && !_mayHaveEnded);
                }

                _ended = isCertain;
                return isCertain;
            case "RETURN":
                return isCertain;
            default:
                if (_host.Policies.ContainsKey($"{_table} {target.Value}"))
                {
                    Enter(target.Value, isCertain, depth - 1);
                    return target.Name == "-g" && isCertain;
                }

                return false; // LOG and the like
        }
    }
}
