using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Proxies;

/// <summary>A flow that a proxy opens for somebody who asks it to: who may ask, and for which destinations.</summary>
/// <remarks>The proxy opens it from a port of its own, so that the source port of a rule is nothing that it could look at.</remarks>
internal sealed record ProxiedFlow(IpVersion Version, AddressSet Clients, AddressSet? Destinations, IpProtocol Protocol, PortSet SourcePorts, PortSet Ports)
{
    /// <summary>One a family and protocol.</summary>
    public static RuleParts<ProxiedFlow> Of(Rule rule, IReadOnlyList<IpVersion> versions)
    {
        var flows = new List<ProxiedFlow>();
        foreach (var version in versions.Order())
        {
            if (KernelMatches.Of(rule.Match, Place.Forward, version) is not { } match)
            {
                continue;
            }

            if (Loss(rule, match) is { } loss)
            {
                return RuleParts<ProxiedFlow>.Lost(loss);
            }

            IpProtocol[] protocols = match.Protocol == IpProtocol.Any ? [IpProtocol.Tcp, IpProtocol.Udp] : [match.Protocol];
            flows.AddRange(protocols.Select(protocol => new ProxiedFlow(version, match.Source!, match.Destination, protocol, match.SourcePorts, match.DestinationPorts)));
        }

        return new(flows);
    }

    private static string? Loss(Rule rule, KernelMatch match) => match switch
    {
        _ when rule.Verdict is Verdict.Forward => "A proxy takes no flows from outside to a host inside.",
        _ when rule.Match.To is { IsSelf: true } => "A flow to the firewall itself does not go through its proxy.",
        { SamePort: true } => "A proxy has no say in the source port, which must be the destination's.",
        { Source: null } => "Who may use a proxy must be named; bind the role to addresses (--for), or give the zone its addresses.",
        { Protocol: not (IpProtocol.Any or IpProtocol.Tcp or IpProtocol.Udp) } => $"A proxy does not carry {match.Protocol.Word()}.",
        { Protocol: IpProtocol.Any } when rule.Verdict.LetsPass => "A proxy carries TCP and UDP alone.",
        _ => null,
    };
}
