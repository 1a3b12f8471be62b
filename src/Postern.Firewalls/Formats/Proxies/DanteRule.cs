using System.Globalization;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Proxies;

/// <summary>A flow as Dante's SOCKS rules: one for each network and range of ports; what answers is let back.</summary>
internal static class DanteRule
{
    /// <summary>More would be no rule that a person can read.</summary>
    private const int MaxRules = 64;

    /// <param name="user">Whom it is for; null for everybody at the addresses.</param>
    public static RuleParts<string> Write(Rule rule, IReadOnlyList<IpVersion> versions, string? user)
    {
        var flows = ProxiedFlow.Of(rule, versions);
        var texts = flows.Parts.SelectMany(flow => Texts(rule, flow, user)).Take(MaxRules + 1).ToList();
        return flows.Loss is { } loss ? RuleParts<string>.Lost(loss)
            : texts.Count > MaxRules ? RuleParts<string>.Lost($"Dante would need more than {MaxRules} rules: it takes one network and one range of ports in each.")
            : new(texts);
    }

    /// <summary>Who may speak to the server at all.</summary>
    public static string Client(string network, bool isV4) => $"client pass {{\n    from: {network} to: {Everywhere(isV4)}\n}}\n";

    /// <summary>The networks of the flow's clients.</summary>
    public static IEnumerable<string> Clients(ProxiedFlow flow) => flow.Clients.Networks().Select(network => network.ToString());

    private static IEnumerable<string> Texts(Rule rule, ProxiedFlow flow, string? user)
    {
        var isV4 = flow.Version == IpVersion.V4;
        var word = flow.Protocol.Word();
        foreach (var from in Clients(flow))
        {
            foreach (var to in flow.Destinations?.Networks().Select(network => network.ToString()) ?? [Everywhere(isV4)])
            {
                foreach (var ports in flow.Ports.IsAny ? [""] : flow.Ports.Ranges.Select(Port))
                {
                    yield return Block(rule, $"from: {from} to: {to}{ports}", word, flow.Protocol == IpProtocol.Tcp ? "connect" : "udpassociate", user);
                    if (flow.Protocol == IpProtocol.Udp && rule.Verdict.LetsPass)
                    {
                        yield return Block(rule, $"from: {to}{ports} to: {from}", word, "udpreply", null); // what comes from outside has no name
                    }
                }
            }
        }
    }

    // Dante reads what follows a protocol on its line as further protocols.
    private static string Block(Rule rule, string ends, string protocol, string command, string? user) => $"""
        socks {(rule.Verdict.LetsPass ? "pass" : "block")} {"{"}
            {ends}
            protocol: {protocol}
            command: {command}
        {(rule.LogPrefix is null ? "" : "    log: connect\n")}{(user is null ? "" : $"    socksmethod: username\n    user: {user}\n")}{"}"}

        """;

    private static string Port(PortRange range) => range.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $" port = {range.First}")
        : string.Create(CultureInfo.InvariantCulture, $" port {range.First}-{range.Last}");

    private static string Everywhere(bool isV4) => isV4 ? "0.0.0.0/0" : "::/0";
}
