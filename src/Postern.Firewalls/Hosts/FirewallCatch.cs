namespace Postern.Firewalls.Hosts;

/// <summary>A rule of this host that stops a flow.</summary>
/// <param name="Owner">Whose it is, as its keeper knows it: "nftables", "iptables", "ip6tables", "ufw" or "firewalld".</param>
/// <param name="Chain">Where it stands, as "inet filter output".</param>
/// <param name="Rule">Its text as the tool lists it, or what says that the chain's end drops.</param>
/// <param name="IsCertain">False where it hangs on something that is not known of the flow or that we cannot read.</param>
/// <param name="Undo">The command of its keeper that takes it away; empty where it is not known.</param>
public sealed record FirewallCatch(string Owner, string Chain, string Rule, bool IsCertain, string Undo = "")
{
    /// <summary>"ufw drops it: in ip filter ufw-user-output, by the rule '…'".</summary>
    public string Sentence => $"{Owner} {(IsCertain ? "stops" : "may stop")} it: in {Chain}, {Rule}";
}
