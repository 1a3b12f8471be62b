using System.Globalization;
using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Sends every flow of a log through the rules that were learnt from it.</summary>
internal static class Replay
{
    private const int MaximumExamples = 10;

    /// <summary>A group of more ports than this is judged by this many of them, evenly spread.</summary>
    private const int MaximumPortsOfGroup = 4096;

    public static Coverage Run(Policy policy, IEnumerable<FlowGroup> groups, ZoneFinder zones)
    {
        double flows = 0, passed = 0, quiet = 0;
        var refused = new List<string>();
        foreach (var group in groups)
        {
            var (all, through, silent) = (0, 0, 0);
            foreach (var packet in Packets(group, zones))
            {
                var judgement = Evaluator.Judge(policy, packet);
                all++;
                through += judgement.LetsPass ? 1 : 0;
                silent += judgement.Rule?.Phase == Phase.Noise ? 1 : 0;
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

    private static IEnumerable<Packet> Packets(FlowGroup group, ZoneFinder zones)
    {
        var (from, to) = (zones.From(group), zones.To(group));
        var destination = group.Destination ?? IPAddress.Parse(group.Version == IpVersion.V4 ? "192.0.2.1" : "2001:db8::1"); // one of many: any will do
        foreach (var source in Some(group.SourcePorts))
        {
            foreach (var target in Some(group.DestinationPorts))
            {
                yield return new(from, to, group.Protocol, group.Source, source, destination, target, group.IcmpType);
            }
        }
    }

    private static IEnumerable<ushort> Some(PortSet ports)
    {
        var step = Math.Max(1, ports.Count / MaximumPortsOfGroup);
        var skip = 0;
        foreach (var range in ports.Ranges)
        {
            int port = range.First + skip;
            for (; port <= range.Last; port += step)
            {
                yield return (ushort)port;
            }

            skip = port - range.Last - 1;
        }
    }

    private static string Text(Packet packet) => string.Create(
        CultureInfo.InvariantCulture,
        $"{packet.Protocol.ToString().ToLowerInvariant()} {new IPEndPoint(packet.Source, packet.SourcePort)} ({packet.From.Name}) to {new IPEndPoint(packet.Destination, packet.DestinationPort)} ({packet.To.Name})");
}
