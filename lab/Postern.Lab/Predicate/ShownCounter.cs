using Postern.Lab.Boxes;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Lab.Predicate;

/// <summary>What a set of samples may show of a NAT that counts its ports, beside that it does.</summary>
internal static class ShownCounter
{
    private const double SampleSpacing = 0.005; // seconds
    private const double BetweenSeries = 0.1; // seconds: where there are several addresses, samples are taken twice
    private const int Again = 4; // each fourth of the second series goes to the same address
    private const double WatchedBeside = 200; // milliseconds of samples, but for the second in which nothing is asked
    private const double Busy = 400; // mappings a second from which on it hangs on their estimate whether a ladder can be paid for

    /// <summary>
    /// Other hosts may take so many ports from one sample to the next that no step shows, but a range as of drawn ports; the counter
    /// may turn round while they are counted; and of many their number is no more than an estimate. Null for what there is to be seen.
    /// </summary>
    public static NatReport? Of(NatRules nat, NatReport truth, IRandom luck) =>
        Found(nat, truth, luck) is { Kind: not PortRuleKind.Step } found ? truth with { Ports = found with { Samples = [] } }
        : luck.Happens(nat.CrossTraffic * Math.Abs(nat.Ports.Step) / truth.Ports.BlockSize) ? truth with { Ports = Watched(truth.Ports, WatchedBeside) }
        : nat.CrossTraffic > Busy && Estimated(truth.Ports, luck) is var estimated && estimated != truth.Ports ? truth with { Ports = estimated }
        : null;

    private static PortRule Watched(PortRule counter, double milliseconds) =>
        counter with { ForeignMappings = (int)Math.Round(counter.ForeignMappings * milliseconds / counter.WatchedMilliseconds), WatchedMilliseconds = milliseconds };

    /// <summary>By halves of a standard deviation.</summary>
    private static PortRule Estimated(PortRule counter, IRandom luck)
    {
        var deviation = Math.Sqrt(counter.ForeignMappings);
        var halves = Math.Round(2 * (luck.Poisson(counter.ForeignMappings) - counter.ForeignMappings) / deviation);
        return counter with { ForeignMappings = (int)Math.Round(counter.ForeignMappings + (halves * deviation / 2)) };
    }

    private static PortRule Found(NatRules nat, NatReport truth, IRandom luck)
    {
        var (first, size) = (nat.Ports.First, nat.Ports.Last - nat.Ports.First + 1);
        var port = luck.Next(0, size);
        PortSample[] once = [.. Enumerable.Range(0, Shown.Samples).Select(_ => Next(SampleSpacing))];
        var found = PortRuleFinder.Find(once);
        return found.Kind == PortRuleKind.Step || truth.MappedAddresses == 1 ? found
            : PortRuleFinder.Find([.. once, .. once.Select((sample, turn) => truth.Mapping == NatDependence.AddressDependent && turn % Again == Again - 1 ? sample : Next(turn == 0 ? BetweenSeries : SampleSpacing))]);

        PortSample Next(double after)
        {
            port = (port + (nat.Ports.Step * (1 + luck.Poisson(nat.CrossTraffic * after) % size)) + (size * Math.Abs(nat.Ports.Step))) % size;
            return new(Shown.Inner.Port, Shown.Server, Shown.Inner with { Port = (ushort)(first + port) });
        }
    }
}
