using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Ufw;

/// <summary>One rule as commands of ufw, as many as it takes.</summary>
internal static class UfwRule
{
    /// <summary>ufw's own limit; a range counts two.</summary>
    private const int PortSlots = 15;

    /// <summary>More would be no rule that a person can read.</summary>
    private const int MaxLines = 64;

    public static KernelText Write(KernelRule rule)
    {
        if (rule.Action is KernelAction.Leave or KernelAction.Masquerade)
        {
            return new([], null); // of use only beside a redirection, which is lost
        }

        if (Loss(rule) is { } loss)
        {
            return KernelText.Lost(loss);
        }

        var lines = Lines(rule).Take(MaxLines + 1).ToList();
        return lines.Count > MaxLines
            ? KernelText.Lost($"ufw would need more than {MaxLines} commands: it takes one network and {PortSlots} ports in each, and cannot compare source and destination port.")
            : new([.. lines.Select(line => (rule.Place, line))], null);
    }

    private static string? Loss(KernelRule rule) => rule.Match switch
    {
        _ when rule.Action is KernelAction.Redirect => "ufw has no command that forwards to a host.",
        { IcmpType: not null } or { Protocol: IpProtocol.Icmp or IpProtocol.Icmp6 } => "ufw has no command for ICMP.",
        { Protocol: IpProtocol.Any, LooksAtPorts: true } => "ufw has no command for the ports of every protocol that has ports.",
        { Protocol: IpProtocol.Ah, Version: not IpVersion.V4 } => "To ip6tables AH is an extension header, which ufw has no word for.",
        { Protocol: IpProtocol.Ipv6InIp, Version: not IpVersion.V4 } => "ufw knows IPv6 inside IPv4 alone.",
        { Protocol: not (IpProtocol.Any or IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Ah or IpProtocol.Esp or IpProtocol.Gre or IpProtocol.Vrrp or IpProtocol.Ipv6InIp or IpProtocol.Igmp) } match =>
            $"ufw does not know the protocol {match.Protocol.Word()}.",
        _ => null,
    };

    private static IEnumerable<string> Lines(KernelRule rule)
    {
        var match = rule.Match;
        return from incoming in Interfaces(match.In)
               from outgoing in Interfaces(match.Out)
               from source in Networks(match.Source, match.Version)
               from destination in Networks(match.Destination, match.Version)
               from ports in Ports(match)
               select string.Join(' ', Words(rule, incoming, outgoing, $"from {source}{ports.Source} to {destination}{ports.Destination}"));
    }

    private static IEnumerable<string> Words(KernelRule rule, string? incoming, string? outgoing, string ends)
    {
        yield return rule.Place == Place.Forward ? "ufw route" : "ufw";
        yield return rule.Action switch
        {
            KernelAction.Accept => "allow",
            KernelAction.Drop => "deny",
            _ => "reject",
        };
        if (incoming is not null || rule.Place == Place.Input)
        {
            yield return incoming is null ? "in" : $"in on {incoming}";
        }

        if (outgoing is not null || rule.Place == Place.Output)
        {
            yield return outgoing is null ? "out" : $"out on {outgoing}";
        }

        if (rule.LogPrefix is not null)
        {
            yield return "log"; // the words before the line are ufw's own
        }

        if (rule.Match.Protocol != IpProtocol.Any)
        {
            yield return $"proto {(rule.Match.Protocol == IpProtocol.Ipv6InIp ? "ipv6" : rule.Match.Protocol.Word())}";
        }

        yield return $"{ends} comment '{RuleTag.Of(rule.RuleId)}'";
    }

    private static IEnumerable<string?> Interfaces(IReadOnlyList<string> names) =>
        names.Count == 0 ? [null] : names.Select(string? (name) => name.EndsWith('*') ? $"{name[..^1]}+" : name);

    /// <summary>"any" is of both families.</summary>
    private static IEnumerable<string> Networks(AddressSet? set, IpVersion? version) => set?.Networks().Select(AddressSet.Text) ?? [version switch
    {
        IpVersion.V4 => "0.0.0.0/0",
        IpVersion.V6 => "::/0",
        _ => "any",
    }];

    private static IEnumerable<(string Source, string Destination)> Ports(KernelMatch match) => match.SamePort
        ? from range in match.SourcePorts.Intersect(match.DestinationPorts).Ranges
          from port in Enumerable.Range(range.First, range.Count)
          select ($" port {port}", $" port {port}")
        : from source in Ports(match.SourcePorts)
          from destination in Ports(match.DestinationPorts)
          select (source, destination);

    private static IEnumerable<string> Ports(PortSet ports) => ports.IsAny ? [""] : PortChunks.Of(ports, PortSlots, ":").Select(list => $" port {list}");
}
