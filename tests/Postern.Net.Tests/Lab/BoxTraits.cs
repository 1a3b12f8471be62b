using Postern.Lab.Boxes.Descriptions;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Lab;

/// <summary>What a few UDP probes find out about a box, whoever carries them.</summary>
internal sealed record BoxTraits
{
    private const int Mapped = 4444;
    private const int Filtered = 4446;
    private const int Turned = 4448;
    private const int Poisoned = 4450;
    private const int FirstOfSeries = 4460;
    private const int Series = 16;

    public bool LetsOut { get; init; }

    public bool KeepsMappingForAnotherPort { get; init; }

    public bool KeepsMappingForAnotherAddress { get; init; }

    public bool LetsAnotherPortIn { get; init; }

    public bool LetsAnotherAddressIn { get; init; }

    /// <summary>What the ports of many mappings show, one after another.</summary>
    public PortSeries Ports { get; init; } = new();

    /// <summary>Whether a second computer with the same inner port gets the same outer one towards another server; null where nothing translates.</summary>
    public bool? SharesPort { get; init; }

    /// <summary>Whether it gets another outer port towards the same server, as it must.</summary>
    public bool? KeepsComputersApart { get; init; }

    public NatHairpin Hairpin { get; init; }

    /// <summary>Whether a server whose packet came too early sees the outer port that others see.</summary>
    public bool KeepsMappingForWhoCameEarly { get; init; }

    /// <summary>A socket of the inside.</summary>
    /// <param name="Port">Its port.</param>
    /// <param name="IsNeighbour">Whether it is a second computer's.</param>
    public readonly record struct Seat(int Port, bool IsNeighbour = false)
    {
        public static IReadOnlyList<Seat> OfSeries { get; } = [.. Enumerable.Range(0, Series).Select(number => new Seat(FirstOfSeries + (2 * number)))];

        public static IReadOnlyList<Seat> All { get; } = [new(Mapped), new(Filtered), new(Turned), new(Poisoned), new(Mapped, true), new(Filtered, true), .. OfSeries, OfSeries[^1] with { IsNeighbour = true }];
    }

    /// <summary>By what means probes travel.</summary>
    /// <param name="Out">From this socket to that server endpoint: which source arrives there, if any does.</param>
    /// <param name="In">From that server endpoint to an outer endpoint: whether it reaches this socket.</param>
    /// <param name="Round">From the first socket to an outer endpoint of the box itself: which source arrives at the second, if any does.</param>
    /// <param name="Wait">Lets time pass.</param>
    public sealed record Probes(
        Func<Seat, Endpoint, Endpoint?> Out, Func<Endpoint, Endpoint, Seat, bool> In, Func<Seat, Endpoint, Seat, Endpoint?> Round, Action<TimeSpan> Wait);

    public static BoxTraits Measure(BoxDescription box, Probes probes, Endpoint server, Endpoint otherPort, Endpoint otherAddress)
    {
        if (probes.Out(new(Mapped), server) is not { } first)
        {
            return new();
        }

        var (second, third) = (probes.Out(new(Mapped), otherPort), probes.Out(new(Mapped), otherAddress));
        var opened = probes.Out(new(Filtered), server)!.Value;
        var translates = BoxCatalogue.Boxes(box).Any(part => BoxCatalogue.OuterAddresses(part) > 0);
        return new()
        {
            LetsOut = true,
            KeepsMappingForAnotherPort = second == first,
            KeepsMappingForAnotherAddress = third == first,
            LetsAnotherPortIn = probes.In(otherPort, opened, new(Filtered)),
            LetsAnotherAddressIn = probes.In(otherAddress, opened, new(Filtered)),
            Ports = PortSeries.Measure(box, probes, [server, otherPort, otherAddress]),
            SharesPort = translates ? probes.Out(new(Filtered, true), otherPort) == opened : null,
            KeepsComputersApart = translates ? probes.Out(new(Mapped, true), server) != first : null,
            Hairpin = translates ? Turn(probes, server, first) : NatHairpin.NotNeeded,
            KeepsMappingForWhoCameEarly = ComesEarly(probes, server, otherAddress),
        };
    }

    /// <summary>Each writes to the other's outer endpoint first, so that no filter is in the way where the mapping stays.</summary>
    private static NatHairpin Turn(Probes probes, Endpoint server, Endpoint first)
    {
        var other = probes.Out(new(Turned), server)!.Value;
        probes.Round(new(Turned), first, new(Mapped));
        probes.Round(new(Mapped), other, new(Turned));
        return probes.Round(new(Turned), first, new(Mapped)) is not { } seen ? NatHairpin.No
            : seen.Address == first.Address ? NatHairpin.Yes
            : NatHairpin.YesFromInside;
    }

    private static bool ComesEarly(Probes probes, Endpoint server, Endpoint early)
    {
        var outer = probes.Out(new(Poisoned), server)!.Value;
        probes.In(early, outer, new(Poisoned));
        return probes.Out(new(Poisoned), early) == outer;
    }
}
