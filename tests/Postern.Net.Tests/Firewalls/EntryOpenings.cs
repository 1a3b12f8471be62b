using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>Whether a catalogue entry opens what a packaged macro or service opens.</summary>
internal static class EntryOpenings
{
    private const string Client = "client";
    private const string Server = "server";
    private const string Peer = "peer";

    /// <summary>What the package opens and the entry does not: openings, and helpers that no flow of the entry names.</summary>
    public static IEnumerable<string> Missing(Application entry, PackagedService packaged) =>
    [
        .. packaged.Openings.Where(opening => !Opens(entry, opening)).Select(opening => opening.ToString()),
        .. packaged.Helpers.Where(helper => !entry.Flows.Any(flow => flow.Helper == helper)).Select(helper => $"helper {helper}"),
    ];

    private static bool Opens(Application entry, Opening opening)
    {
        var flows = entry.Flows.Where(flow => Serves(entry, flow, opening)).ToArray();
        return flows.Length > 0
            && flows.Aggregate(PortSet.None, (ports, flow) => ports.Union(Ports(entry, flow.DestinationPorts))).Contains(opening.Destination)
            && flows.Any(flow => Ports(entry, flow.SourcePorts).Overlaps(opening.Source));
    }

    /// <summary>A flow that is to be refused opens nothing.</summary>
    private static bool Serves(Application entry, Flow flow, Opening opening) =>
        flow.Need is not (FlowNeed.QuietReject or FlowNeed.QuietDrop)
        && flow.Protocols.Contains(opening.Protocol)
        && (opening.IcmpType is null || flow.IcmpType is null || flow.IcmpType == opening.IcmpType)
        && (opening.Group is null || flow.Addresses is null || !flow.Addresses.Intersect(opening.Group).IsEmpty)
        && IsTowards(entry, flow, opening.Side);

    /// <summary>Where there is a server, what goes to people at the other end is not its service.</summary>
    private static bool IsTowards(Application entry, Flow flow, OpeningSide side) => side switch
    {
        OpeningSide.Server => flow.To != Client && (flow.To != Peer || !entry.Roles.ContainsKey(Server)),
        OpeningSide.Client => flow.From != Client,
        _ => true,
    };

    private static PortSet Ports(Application entry, PortExpression ports) => ports switch
    {
        PortExpression.Fixed(var numbers) => numbers,
        PortExpression.Variable(_, var usual, _) => usual,
        PortExpression.SameAs(var id, var isSource) => entry.Flows.Single(flow => flow.Id == id) is var flow && isSource
            ? Ports(entry, flow.SourcePorts)
            : Ports(entry, entry.Flows.Single(flow => flow.Id == id).DestinationPorts),
        _ => PortSet.Of(new PortRange(1024, ushort.MaxValue)), // whatever a system gives to a socket that asks for no port
    };
}
