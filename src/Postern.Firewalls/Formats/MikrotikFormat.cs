using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>Commands of RouterOS for its filter and NAT, of both families.</summary>
public sealed class MikrotikFormat : IRuleFormat
{
    private const int PortSlots = 15;
    private const int MaxLines = 64;

    public string Id => "mikrotik";

    public string Title => "MikroTik (RouterOS)";

    public bool IsVerifiedByTool => false;

    public FormatOutput Write(Policy policy, FormatOptions options)
    {
        NoInsertion.Check(options, "the rules go into input, forward and output");
        string[] menus = ["/ip firewall nat", "/ip firewall filter", "/ipv6 firewall nat", "/ipv6 firewall filter"];
        if (options.IsUndo)
        {
            var applications = policy.Rules.Select(rule => RuleTag.Application(rule.Id)).Append(KernelProgram.DefaultId).Distinct();
            var lines = from menu in menus from name in applications select $"{menu} remove [find comment~\"^{RuleTag.Prefix}{name}(:|\\$)\"]\n";
            return new([new("postern-undo.rsc", string.Concat(lines))], [], 0);
        }

        var texts = ChainTexts.Of(policy, options, options.Versions, rule => Write(rule, options.Versions));
        Place[] places = [Place.RedirectIncoming, Place.RedirectOwn, Place.Hairpin, Place.Input, Place.Forward, Place.Output];
        var body = string.Concat(places.SelectMany(place => (options.IsWhole ? State(place, options.Versions) : []).Concat(texts.Of(place)).Concat(options.IsWhole ? End(place, options.Versions) : [])).Select(line => $"{line}\n"));
        var head = HeaderComment.Of("#", [Unverified.Line, .. Head(policy, options, texts), .. options.Remarks], texts.Losses);
        return new([new("postern.rsc", $"{head}\n{body}")], texts.Losses, texts.Opened);
    }

    private static KernelText Write(KernelRule rule, IReadOnlyList<IpVersion> versions)
    {
        if (Loss(rule) is { } loss)
        {
            return KernelText.Lost(loss);
        }

        var lines = versions.Where(version => (rule.Match.Version ?? version) == version && rule.Match.Protocol.IsOf(version)).Order()
            .SelectMany(version => Lines(rule, version)).Take(MaxLines + 1).ToList();
        return lines.Count > MaxLines
            ? KernelText.Lost($"RouterOS would need more than {MaxLines} rules: it takes one network and {PortSlots} ports in each, and cannot compare source and destination port.")
            : new([.. lines.Select(line => (rule.Place, line))], null);
    }

    private static string? Loss(KernelRule rule) => rule.Match switch
    {
        { RoutedTo.Count: > 0 } => "RouterOS does not know where a packet will go before it is redirected.",
        { OriginalPorts.IsAny: false } when rule.Action is not KernelAction.Accept => "RouterOS does not remember the port before it was rewritten.",
        { Protocol: IpProtocol.Any or IpProtocol.UdpLite, LooksAtPorts: true } => "RouterOS looks at the ports of TCP, UDP and SCTP alone.",
        { Protocol: IpProtocol.Any } when rule.Action is KernelAction.Redirect { Port: not null } => "Only TCP, UDP and SCTP have a port to redirect to.",
        _ => null,
    };

    private static IEnumerable<string> Lines(KernelRule rule, IpVersion version)
    {
        var match = rule.Match;
        return from incoming in rule.Place == Place.Hairpin ? [""] : Each("in-interface", match.In)
               from outgoing in Each("out-interface", match.Out)
               from source in Each("src-address", match.Source?.Networks().Select(AddressSet.Text))
               from destination in Each("dst-address", match.Destination?.Networks().Select(AddressSet.Text))
               from ports in Ports(match)
               from action in Actions(rule, version)
               select string.Join(' ', new[]
               {
                   $"{Menu(rule.Place, version)} add chain={Chain(rule.Place)}", incoming, outgoing, source, destination,
                   match.ToThisHost ? "dst-address-type=local" : "", match.IsRedirected ? "connection-nat-state=dstnat" : "",
                   action.Protocol, ports, Icmp(match, version), action.Action,
                   rule.LogPrefix is { } prefix ? $"log=yes log-prefix=\"{LogText.Of(prefix, LogText.Iptables).Replace("$", "_", StringComparison.Ordinal)}\"" : "",
                   $"comment=\"{RuleTag.Of(rule.RuleId)}\"",
               }.Where(word => word.Length > 0));
    }

    private static IEnumerable<string> Each(string name, IEnumerable<string>? values) => values?.Select(value => $"{name}={value}").DefaultIfEmpty("") ?? [""];

    private static IEnumerable<string> Ports(KernelMatch match) => match.SamePort
        ? from range in match.SourcePorts.Intersect(match.DestinationPorts).Ranges
          from port in Enumerable.Range(range.First, range.Count)
          select $"src-port={port} dst-port={port}"
        : from source in Ports("src-port", match.SourcePorts)
          from destination in Ports("dst-port", match.DestinationPorts)
          select $"{source} {destination}".Trim();

    private static IEnumerable<string> Ports(string name, PortSet ports) => ports.IsAny ? [""] : PortChunks.Of(ports, PortSlots, "-").Select(list => $"{name}={list}");

    private static string Icmp(KernelMatch match, IpVersion version) => match.IcmpType is { } type && match.Protocol.IsOf(version) ? $"icmp-options={type}:0-255" : "";

    private static IEnumerable<(string Protocol, string Action)> Actions(KernelRule rule, IpVersion version)
    {
        var protocol = Protocol(rule.Match.Protocol);
        return rule.Action switch
        {
            KernelAction.Accept or KernelAction.Leave => [(protocol, "action=accept")],
            KernelAction.Drop => [(protocol, "action=drop")],
            KernelAction.Reject reject => rule.Match.Protocol switch
            {
                IpProtocol.Tcp => [(protocol, "action=reject reject-with=tcp-reset")],
                IpProtocol.Any => [("protocol=tcp", "action=reject reject-with=tcp-reset"), ("", Unreachable(reject))],
                _ => [(protocol, Unreachable(reject))],
            },
            KernelAction.Redirect { Port: { } port } to => [(protocol, $"action=dst-nat to-addresses={to.To} to-ports={port}")],
            KernelAction.Redirect to => [(protocol, $"action=dst-nat to-addresses={to.To}")],
            _ => [(protocol, "action=masquerade")],
        };
    }

    private static string Unreachable(KernelAction.Reject reject) => $"action=reject reject-with={(reject.IsAdministrative ? "icmp-admin-prohibited" : "icmp-port-unreachable")}";

    private static string Protocol(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Any => "",
        IpProtocol.Icmp6 => "protocol=icmpv6",
        IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Icmp or IpProtocol.Sctp => $"protocol={protocol.Word()}",
        _ => $"protocol={(byte)protocol}",
    };

    private static string Menu(Place place, IpVersion version) => $"/{(version == IpVersion.V4 ? "ip" : "ipv6")} firewall {(place is Place.Input or Place.Forward or Place.Output ? "filter" : "nat")}";

    private static string Chain(Place place) => place switch
    {
        Place.Input => "input",
        Place.Forward => "forward",
        Place.Output => "output",
        Place.Hairpin => "srcnat",
        Place.RedirectIncoming => "dstnat",
        _ => "output",
    };

    private static IEnumerable<string> State(Place place, IReadOnlyList<IpVersion> versions)
    {
        foreach (var version in place is Place.Input or Place.Forward or Place.Output ? versions.Order() : Enumerable.Empty<IpVersion>())
        {
            var add = $"{Menu(place, version)} add chain={Chain(place)}";
            yield return $"{add} connection-state=established,related action=accept comment=\"{RuleTag.Prefix}{KernelProgram.DefaultId}\"";
            yield return $"{add} connection-state=invalid action=drop comment=\"{RuleTag.Prefix}{KernelProgram.DefaultId}\"";
            if (version == IpVersion.V6 && place != Place.Forward)
            {
                // RFC 4861: without neighbour discovery there is no IPv6.
                yield return $"{add} protocol=icmpv6 icmp-options=133-137:0-255 action=accept comment=\"{RuleTag.Prefix}{KernelProgram.DefaultId}\"";
            }
        }
    }

    private static IEnumerable<string> End(Place place, IReadOnlyList<IpVersion> versions) => place is not (Place.Input or Place.Forward or Place.Output) ? []
        : versions.Order().Select(version => $"{Menu(place, version)} add chain={Chain(place)} action=drop comment=\"{RuleTag.Prefix}{KernelProgram.DefaultId}\"");

    private static IEnumerable<string> Head(Policy policy, FormatOptions options, ChainTexts texts)
    {
        yield return options.IsWhole
            ? "A whole policy for empty chains of RouterOS. Load: /import postern.rsc"
            : "Rules for RouterOS, at the end of their chains: move them before those that drop. Load: /import postern.rsc    Remove: the same command with --undo";
        if (texts.Written.FirstOrDefault(rule => rule.Helper is not null) is { } helped)
        {
            yield return $"The helper of connection tracking for {RuleTag.Application(helped.RuleId)} ({helped.Helper}) is switched in /ip firewall service-port.";
        }

        if (!options.IsWhole && policy.RouteBack.Count > 0)
        {
            yield return $"Only --whole lets all of {string.Join(", ", policy.RouteBack.Select(zone => zone.Name))} back to itself.";
        }
    }
}
