namespace Postern.Firewalls.Hosts;

/// <summary>A chain of a host that refuses a flow.</summary>
/// <param name="Chain">Family, table and name, as "ip filter FORWARD".</param>
/// <param name="Handle">The rule that does; null where the chain drops what reaches its end.</param>
/// <param name="RuleChain">The chain that the rule stands in.</param>
/// <param name="IsCertain">False where it hangs on something that is not known of the flow or that we cannot read.</param>
public sealed record Obstacle(string Chain, long? Handle, string RuleChain, bool IsCertain)
{
    /// <summary>"ip filter FORWARD drops it at its end".</summary>
    public string Sentence => (Handle, IsCertain) switch
    {
        (null, true) => $"{Chain} drops what it does not accept, and it accepts no such flow",
        (null, false) => $"{Chain} drops what it does not accept, and may not accept this",
        (_, true) => $"{Chain} refuses it, by the rule with handle {Handle} in {RuleChain}",
        _ => $"{Chain} may refuse it, by the rule with handle {Handle} in {RuleChain}",
    };
}
