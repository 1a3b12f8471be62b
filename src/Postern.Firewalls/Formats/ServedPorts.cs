using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>The ports at which this host serves everybody, for formats that give such ports a name.</summary>
/// <param name="Application">Of the catalogue.</param>
/// <param name="Protocol">TCP or UDP.</param>
internal sealed record ServedPorts(string Application, IpProtocol Protocol, PortSet Ports)
{
    public static IEnumerable<ServedPorts> Of(IEnumerable<Rule> rules) =>
        from next in rules.Where(IsServed).GroupBy(rule => (Application: RuleTag.Application(rule.Id), rule.Match.Protocol))
        orderby next.Key.Application, next.Key.Protocol
        select new ServedPorts(next.Key.Application, next.Key.Protocol, next.Aggregate(PortSet.None, (union, rule) => union.Union(rule.Match.DestinationPorts)));

    private static bool IsServed(Rule rule) => rule is { Verdict: Verdict.Accept, Match.To.IsSelf: true }
        && rule.Match is { Protocol: IpProtocol.Tcp or IpProtocol.Udp, DestinationPorts.IsAny: false, SamePort: false, SourcePorts.IsAny: true } match
        && Enum.GetValues<IpVersion>().Any(match.Source.IsAnyOf);
}
