using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Lab.Simulator;
using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Tests.Kit;

namespace Postern.Tests.Predicate;

/// <summary>Two NATs that take a new port for each destination and let strangers in: every check comes from a port that nobody has told.</summary>
public class OpenFiltersTests
{
    [Theory]
    [InlineData(NatDependence.EndpointIndependent, NatDependence.EndpointIndependent)]
    [InlineData(NatDependence.EndpointIndependent, NatDependence.AddressDependent)]
    [InlineData(NatDependence.AddressDependent, NatDependence.EndpointIndependent)]
    public void They_do_not_chase_each_other_and_the_relay_is_there_at_once(NatDependence here, NatDependence there)
    {
        foreach (var (toMiddle, serverToMiddle) in new[] { (10, 10), (3, 69) })
        {
            var (outcome, strict) = (Run(here, there, toMiddle, serverToMiddle), Run(NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent, toMiddle, serverToMiddle));
            (outcome.Connected, outcome.Path, outcome.OddsOfDirect).ShouldBe((true, PathKind.Relayed, 0.0));
            outcome.FirstByteAfter!.Value.ShouldBeLessThanOrEqualTo(strict.FirstByteAfter!.Value + TimeSpan.FromMilliseconds(100), "five checks");
            outcome.EndpointsProbed.ShouldBeLessThanOrEqualTo(60, "each side follows sixteen that nobody has told, and answers as many");
        }
    }

    private static TrialOutcome Run(NatDependence here, NatDependence there, int toMiddle, int serverToMiddle)
    {
        var pair = new PairOptions { One = Drawing(here), Other = Drawing(there), ToMiddle = TimeSpan.FromMilliseconds(toMiddle), ServerToMiddle = TimeSpan.FromMilliseconds(serverToMiddle) };
        using var trial = new Trial(new() { Pair = pair }, new SeededRandom(5));
        return trial.Run();
    }

    private static BoxDescription Drawing(NatDependence filtering) => new()
    {
        Id = "drawing",
        Title = "",
        Summary = "",
        Nat = new() { Mapping = NatDependence.AddressAndPortDependent, Filtering = filtering, Ports = new() { Rule = PortRuleKind.Random } },
        Sources = new Dictionary<string, string>(),
    };
}
