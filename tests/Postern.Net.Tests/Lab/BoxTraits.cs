using Postern.Lab.Boxes.Descriptions;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Lab;

/// <summary>What a few UDP probes find out about a box, whoever carries them.</summary>
internal sealed record BoxTraits
{
    public bool LetsOut { get; init; }

    public bool KeepsMappingForAnotherPort { get; init; }

    public bool KeepsMappingForAnotherAddress { get; init; }

    public bool LetsAnotherPortIn { get; init; }

    public bool LetsAnotherAddressIn { get; init; }

    /// <summary>Outer minus inner port, where the rule fixes it.</summary>
    public int? Offset { get; init; }

    /// <summary>The next outer port minus the last one, where the rule fixes it.</summary>
    public int? Step { get; init; }

    /// <summary>By what means probes travel.</summary>
    /// <param name="Out">From this inner port to that server endpoint: which source arrives there, if any does.</param>
    /// <param name="In">From that server endpoint to an outer endpoint: whether it reaches this inner port.</param>
    public sealed record Probes(Func<int, Endpoint, Endpoint?> Out, Func<Endpoint, Endpoint, int, bool> In);

    public static BoxTraits Measure(BoxDescription box, Probes probes, Endpoint server, Endpoint otherPort, Endpoint otherAddress)
    {
        const int Mapped = 4444;
        const int Filtered = 4446;
        if (probes.Out(Mapped, server) is not { } first)
        {
            return new();
        }

        var (second, third) = (probes.Out(Mapped, otherPort), probes.Out(Mapped, otherAddress));
        var opened = probes.Out(Filtered, server)!.Value;
        var ports = BoxCatalogue.Nat(box)?.Ports;
        return new()
        {
            LetsOut = true,
            KeepsMappingForAnotherPort = second == first,
            KeepsMappingForAnotherAddress = third == first,
            LetsAnotherPortIn = probes.In(otherPort, opened, Filtered),
            LetsAnotherAddressIn = probes.In(otherAddress, opened, Filtered),
            Offset = ports is null or { Rule: PortRuleKind.Kept or PortRuleKind.Offset, Taken: 0 } ? first.Port - Mapped : null,
            Step = ports is { Rule: PortRuleKind.Step } && BoxCatalogue.Nat(box)!.CrossTraffic == 0 ? second!.Value.Port - first.Port : null,
        };
    }
}
