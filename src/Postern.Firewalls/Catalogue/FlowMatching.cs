using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Catalogue;

/// <summary>Weighs which flows of the catalogue explain a packet.</summary>
internal static class FlowMatching
{
    private const double PortBits = 16;

    /// <summary>An address that is part of the protocol says as much as half a port.</summary>
    private const double AddressBits = 8;

    private const double GroupBits = 1;

    /// <summary>Less is no evidence: nearly every packet would fit.</summary>
    private const double LeastEvidence = 2;

    public static IReadOnlyList<FlowMatch> Match(IEnumerable<Application> applications, FlowQuery query) =>
    [
        .. from application in applications
           from flow in application.Flows
           let evidence = Evidence(application, flow, query)
           where evidence >= LeastEvidence
           let match = new FlowMatch(application, flow, evidence.Value - Doubt(application, flow, query))
           orderby match.Bits descending, application.Flows.Count, application.Id
           select match,
    ];

    /// <summary>Null where the packet is none of the flow's.</summary>
    private static double? Evidence(Application application, Flow flow, FlowQuery query)
    {
        var isOther = (query.Protocol is { } protocol && !flow.Protocols.Contains(protocol))
            || (query.IcmpType is { } type && flow.IcmpType is { } own && type != own)
            || (flow.SamePort && query is { SourcePort: { } from, DestinationPort: { } to } && from != to);
        if (isOther)
        {
            return null;
        }

        var same = flow.SamePort && query.SourcePort is not null ? Math.Log2(UsualPorts.Of(application, flow.DestinationPorts).Count) : 0;
        var portless = flow.Protocols.All(EntryWords.HasPorts) || query.Protocol is null ? 0 : LeastEvidence + (flow.IcmpType is not null && query.IcmpType is not null ? AddressBits : 0);
        return Port(application, flow.DestinationPorts, query.DestinationPort) + Port(application, flow.SourcePorts, query.SourcePort)
            + Address(flow, query.Destination) + same + portless;
    }

    private static double? Port(Application application, PortExpression ports, ushort? seen)
    {
        if (seen is not { } port)
        {
            return 0;
        }

        var expression = ports is PortExpression.SameAs same ? UsualPorts.Target(application, same) ?? ports : ports;
        var usual = UsualPorts.Of(application, expression);
        if (usual.Contains(port))
        {
            return expression is PortExpression.Ephemeral ? 0 : PortBits - Math.Log2(usual.Count);
        }

        return expression is PortExpression.Variable variable && variable.Allowed.Contains(port) ? PortBits - Math.Log2(variable.Allowed.Count) : null;
    }

    private static double? Address(Flow flow, IPAddress? destination)
    {
        if (destination is null)
        {
            return 0;
        }

        if (flow.Addresses is { } addresses)
        {
            return addresses.Contains(destination) ? AddressBits : null;
        }

        return flow.To switch
        {
            "multicast" => IsMulticast(destination) ? GroupBits : null,
            "broadcast" => IsBroadcast(destination) ? GroupBits : null,
            _ => IsMulticast(destination) ? null : 0,
        };
    }

    private static double Doubt(Application application, Flow flow, FlowQuery query)
    {
        var direction = flow.From == flow.To || query.Direction is not { } wanted ? 0 : DirectionOf(application, flow) == wanted ? -1 : 1;
        var status = application.Status switch { ApplicationStatus.Alive => 0, ApplicationStatus.Fading => 1, _ => 3 };
        var need = flow.Need switch { FlowNeed.Required => 0, FlowNeed.StatelessOnly => 4, FlowNeed.Legacy => 1, _ => 0.25 };
        return direction + status + need + (flow.IsAlive ? 0 : 3) + ((int)flow.Confidence / 10.0);
    }

    private static FlowDirection? DirectionOf(Application application, Flow flow)
    {
        var near = application.Roles.Keys.FirstOrDefault();
        return flow.From == near ? FlowDirection.Out : flow.To == near ? FlowDirection.In : null;
    }

    private static bool IsMulticast(IPAddress address) =>
        address.IsIPv6Multicast || address.GetAddressBytes() is [>= 224 and < 240, _, _, _];

    /// <summary>A subnet's own broadcast cannot be told from its address; by far the most end in 255.</summary>
    private static bool IsBroadcast(IPAddress address) => address.GetAddressBytes() is [_, _, _, 255];
}
