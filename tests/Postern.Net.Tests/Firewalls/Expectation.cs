using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>A verdict and a sighting in the same words, so that they can be compared.</summary>
internal static class Expectation
{
    public static string Of(Policy policy, Packet packet)
    {
        var judgement = Evaluator.Judge(policy, packet);
        return judgement.Verdict switch
        {
            Verdict.Drop => "dropped",
            Verdict.Reject { IsAdministrative: true } when packet.Protocol != IpProtocol.Tcp => "rejected as prohibited",
            Verdict.Reject => packet.Protocol == IpProtocol.Tcp ? "rejected with a reset" : "rejected as unreachable",
            Verdict.Forward forward => judgement.IsHairpin
                ? $"redirected to {judgement.Destination} port {Port(packet, judgement.DestinationPort)} in our name"
                : $"redirected to {judgement.Destination} port {Port(packet, judgement.DestinationPort)}",
            _ => "passed",
        };
    }

    public static string Of(Packet packet, Sighting sighting) => sighting.Fate switch
    {
        Fate.Dropped => "dropped",
        Fate.Reset => "rejected with a reset",
        Fate.Unreachable => "rejected as unreachable",
        Fate.Prohibited => "rejected as prohibited",
        _ when sighting.Destination is null || (sighting.Destination.Equals(packet.Destination) && sighting.Port == packet.DestinationPort) =>
            sighting.Source is null || sighting.Source.Equals(packet.Source) ? "passed" : $"passed from {sighting.Source}",
        _ => sighting.Source!.Equals(packet.Source)
            ? $"redirected to {sighting.Destination} port {sighting.Port}"
            : $"redirected to {sighting.Destination} port {sighting.Port} {(IsOwn(sighting.Source) ? "in our name" : $"from {sighting.Source}")}",
    };

    /// <summary>Fails where the kernel did other than the policy says.</summary>
    public static void Compare(Policy policy, IReadOnlyList<Packet> packets, IReadOnlyList<Sighting> sightings, Func<string> about)
    {
        var wrong = packets.Zip(sightings)
            .Select(pair => (pair.First, Expected: Of(policy, pair.First), Seen: Of(pair.First, pair.Second)))
            .Where(pair => pair.Expected != pair.Seen)
            .Select(pair => $"{pair.Seen}, not {pair.Expected}: {Words(pair.First)} by {Evaluator.Judge(policy, pair.First).Rule?.Id ?? "no rule"}")
            .ToList();
        if (wrong.Count > 0)
        {
            Assert.Fail($"{wrong.Count} of {packets.Count} packets:\n{string.Join('\n', wrong.Take(20))}\n{about()}");
        }
    }

    private static string Words(Packet packet) =>
        $"{packet.Protocol} {packet.From.Name} {packet.Source} {packet.SourcePort} -> {packet.To.Name} {packet.Destination} {packet.DestinationPort} type {packet.IcmpType}";

    private static ushort Port(Packet packet, ushort port) => packet.Protocol.HasPorts() ? port : (ushort)0;

    private static bool IsOwn(IPAddress address) => new[] { FirewallBench.Net, FirewallBench.Loc, FirewallBench.Dmz }
        .Any(zone => FirewallBench.Own(zone, AddressRange.Number(address).Version).Equals(address));
}
