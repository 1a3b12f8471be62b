using System.Globalization;
using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Sends every flow of a log through the rules that were learnt from it.</summary>
internal static class Replay
{
    private const int MaximumExamples = 10;

    public static Coverage Run(Policy policy, IEnumerable<FlowGroup> groups, ZoneFinder zones)
    {
        double flows = 0, passed = 0, quiet = 0;
        var refused = new List<string>();
        var near = new NearRules(policy);
        foreach (var group in groups)
        {
            var (all, through, silent) = (0L, 0L, 0L);
            var flow = Packet(group, zones);
            var (few, edges) = near.Of(flow);
            foreach (var (packet, weight) in Packets(group, flow, edges))
            {
                var judgement = Evaluator.Judge(few, packet);
                all += weight;
                through += judgement.LetsPass ? weight : 0;
                silent += judgement.Rule?.Phase == Phase.Noise ? weight : 0;
                if (!judgement.LetsPass && judgement.Rule is null && refused.Count < MaximumExamples)
                {
                    refused.Add(Text(packet));
                }
            }

            flows += group.Count;
            passed += group.Count * (double)through / all;
            quiet += group.Count * (double)silent / all;
        }

        return new(flows, passed, quiet, Math.Max(0, flows - passed - quiet), refused);
    }

    /// <summary>With the group's first ports.</summary>
    private static Packet Packet(FlowGroup group, ZoneFinder zones)
    {
        var destination = group.Destination ?? AddressRange.Address(group.Version, group.Destinations.First); // one of many
        return new(
            zones.From(group), zones.To(group), group.Protocol, group.Source, (ushort)group.SourcePorts.First, destination, (ushort)group.DestinationPorts.First, group.IcmpType);
    }

    private static IEnumerable<(Packet Packet, long Weight)> Packets(FlowGroup group, Packet flow, int[] edges)
    {
        if (AreAlike(group.SourcePorts, edges) && AreAlike(group.DestinationPorts, edges))
        {
            return [(flow, (long)group.SourcePorts.Count * group.DestinationPorts.Count)];
        }

        return PacketsOfCells(group, flow, edges);
    }

    private static IEnumerable<(Packet Packet, long Weight)> PacketsOfCells(FlowGroup group, Packet flow, int[] edges)
    {
        foreach (var (source, some) in Cells(group.SourcePorts, edges))
        {
            foreach (var (target, others) in Cells(group.DestinationPorts, edges))
            {
                yield return (flow with { SourcePort = source, DestinationPort = target }, (long)some * others);
            }
        }
    }

    /// <summary>One port of each kind, and how many are like it: between two edges.</summary>
    private static IEnumerable<(ushort Port, int Count)> Cells(PortSet ports, int[] edges)
    {
        var last = ports.Last;
        for (var port = ports.First; port <= last;)
        {
            var next = NextEdge(edges, port);
            var end = next < edges.Length ? Math.Min(last, edges[next] - 1) : last;
            yield return ((ushort)port, ports.CountBetween(port, end));
            port = ports.Next(end + 1);
        }
    }

    /// <summary>Whether no edge lies between them.</summary>
    private static bool AreAlike(PortSet ports, int[] edges) => NextEdge(edges, ports.First) is var next && (next == edges.Length || edges[next] > ports.Last);

    /// <summary>The first edge beyond a port.</summary>
    private static int NextEdge(int[] edges, int port)
    {
        var at = Array.BinarySearch(edges, port + 1);
        return at < 0 ? ~at : at;
    }

    private static string Text(Packet packet) => string.Create(
        CultureInfo.InvariantCulture,
        $"{packet.Protocol.ToString().ToLowerInvariant()} {new IPEndPoint(packet.Source, packet.SourcePort)} ({packet.From.Name}) to {new IPEndPoint(packet.Destination, packet.DestinationPort)} ({packet.To.Name})");
}
