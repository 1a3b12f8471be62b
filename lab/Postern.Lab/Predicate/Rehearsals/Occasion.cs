using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Simulator;
using Postern.Protocol.Nat;

namespace Postern.Lab.Predicate.Rehearsals;

/// <summary>Where the rules of forecasts end: a box that forgets, or shuts out, so soon that it depends on when each packet of a call is sent.</summary>
internal static class Occasion
{
    /// <summary>Seconds. Half a minute is the least that home routers were seen to keep a mapping (Hätönen and others, IMC 2010), and RFC 4787 §4.3 wants two; below four, ports are drawn anew between the checks of one call.</summary>
    private const double ShortLifetime = 4;

    /// <summary>Seconds: so soon addresses are drawn anew between checks.</summary>
    private const double ShortForAddresses = 10;

    /// <summary>Seconds: as long as a call tries to go directly, restarts included. A port that is kept is free for another destination once its mapping has ended, so that the one which was told comes back.</summary>
    private const double ShortForKept = 90;

    /// <summary>Ports at which a guard acts on an ordinary call, which measures, asks its server and checks a handful of candidates; fans and ladders are another matter (<see cref="GuardedPlan"/>).</summary>
    private const int FewPorts = 10;

    /// <summary>The same in attempts, each packet of a new flow being one.</summary>
    private const int FewAttempts = 200;

    public static bool Is(PairOptions pair) => Is(pair.One, pair.ServerPort) || Is(pair.Other, pair.ServerPort) || pair.Watch.Any(guard => ShutsOut(guard, pair.ServerPort));

    /// <param name="description">Of a box or a row.</param>
    /// <param name="serverPort">To which measuring and the call go, and to the next one.</param>
    public static bool Is(BoxDescription description, int serverPort) =>
        BoxCatalogue.Boxes(description).Any(box => (BoxCatalogue.Nat(box) is { } nat && Forgets(nat)) || box.Firewall?.Guards.Any(guard => ShutsOut(guard, serverPort)) == true);

    private static bool ShutsOut(GuardRules guard, int serverPort) =>
        guard.Action != GuardAction.Nothing && (guard.Threshold - Extra(guard, serverPort) < FewPorts || guard is { Model: GuardModel.Refusals, Attempts: > 0 and < FewAttempts });

    /// <summary>What the server's two ports weigh more than two.</summary>
    private static int Extra(GuardRules guard, int serverPort) => guard.Model == GuardModel.Gap ? guard.WeightOf(serverPort) + guard.WeightOf(serverPort + 1) - 2 : 0;

    private static bool Forgets(NatRules nat) =>
        nat.Expiry.UdpNew < (nat is { Pooling: Pooling.Arbitrary, Addresses: > 1, Mapping: not NatDependence.EndpointIndependent } ? ShortForAddresses : ShortLifetime)
        || nat is { Expiry.AtMost: > 0 and < ShortForKept, Ports.Rule: PortRuleKind.Kept or PortRuleKind.Offset, Mapping: not NatDependence.EndpointIndependent, Overloads: false };
}
