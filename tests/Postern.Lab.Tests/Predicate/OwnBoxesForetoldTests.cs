using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Lab.Simulator;
using Postern.Tests.Kit;

namespace Postern.Tests.Predicate;

/// <summary>Boxes that people describe themselves: what is foretold of them comes true.</summary>
public class OwnBoxesForetoldTests
{
    private const string WebWithQuic = """ "natOf": "linux", "firewall": { "outgoing": [ { "protocol": "tcp", "ports": [80, 443] }, { "protocol": "udp", "ports": [443] } ] } """;
    private const string OnlyUdp = """ "natOf": "linux", "firewall": { "outgoing": [ { "protocol": "udp" } ] } """;

    [Theory]
    [InlineData(WebWithQuic, "linux", false, true)] // our servers are at 443, peers are not
    [InlineData(WebWithQuic, "public", false, true)]
    [InlineData(OnlyUdp, "linux", false, false)] // nobody logs in over UDP
    [InlineData(OnlyUdp, "public", false, false)]
    public void A_firewall_of_ones_own(string own, string other, bool isDirect, bool isConnected)
    {
        var outcome = Run(new() { One = Box(own), Other = BoxCatalogue.All[other], ServerPort = 443 }, 1);
        (outcome.Contradiction, outcome.Direct, outcome.Connected).ShouldBe((null, isDirect, isConnected));
        Run(new() { One = BoxCatalogue.All[other], Other = Box(own), ServerPort = 443 }, 2).Contradiction.ShouldBeNull();
    }

    /// <summary>A bridge in a carrier's network is reached there by who is behind a router beside it.</summary>
    [Theory]
    [InlineData("public", "public", "block-512")]
    [InlineData("linux", "public", "random")]
    [InlineData("public", "firewall-1", "random")]
    [InlineData("linux", "linux", "random")]
    public void Two_in_one_carriers_network(string one, string other, string carrier)
    {
        var outcome = Run(new() { One = Row(one, carrier), Other = Row(other, carrier), ShareOutermost = true }, 1);
        outcome.Contradiction.ShouldBeNull();
        outcome.Direct.ShouldBe(one == "public" || other == "public");
    }

    [Fact]
    public void Where_a_box_shuts_out_who_comes_early_nothing_is_sure_that_may_be_lost()
    {
        var pair = new PairOptions { One = Box("\"nat\": { \"earlyInbound\": \"shuts-out\" }"), Other = BoxCatalogue.All["linux"], Link = new() { Hops = 2, Loss = 0.02 } };
        var outcomes = Enumerable.Range(1, 60).Select(seed => Run(pair, (ulong)seed)).ToArray();
        outcomes.ShouldAllBe(outcome => outcome.Contradiction == null);
        outcomes.ShouldAllBe(outcome => outcome.OddsOfDirect > 0.9 && outcome.OddsOfDirect < 0.95);
        outcomes.Count(outcome => outcome.Direct).ShouldBeInRange(48, 60);
    }

    [Fact]
    public void What_a_NAT_gives_out_is_nothing_to_IPv6()
    {
        var low = Box("\"nat\": { \"filtering\": \"address-and-port-dependent\", \"ports\": { \"rule\": \"step\", \"step\": 1, \"first\": 1, \"last\": 900 } }");
        var pair = new PairOptions { One = low, Other = BoxCatalogue.All["linux"] };
        Run(pair, 1).ShouldSatisfyAllConditions(outcome => outcome.OddsOfDirect.ShouldBe(0), outcome => outcome.Direct.ShouldBeFalse());
        Run(pair with { HasIpv6 = true }, 1).ShouldSatisfyAllConditions(outcome => outcome.OddsOfDirect.ShouldBeGreaterThan(0.99), outcome => outcome.Direct.ShouldBeTrue());
    }

    private static TrialOutcome Run(PairOptions pair, ulong seed)
    {
        using var trial = new Trial(new() { Pair = pair with { Measures = true }, Patience = TimeSpan.FromSeconds(40) }, new SeededRandom(seed));
        return trial.Run();
    }

    private static BoxDescription Box(string words) =>
        BoxDescriptionJson.Read($$"""{ "id": "own", "title": "", "summary": "", "sources": { "*": "a test" }, {{words}} }""", out var error) ?? throw new ArgumentException(error);

    private static BoxDescription Row(string home, string carrier) =>
        new() { Id = "row", Title = "", Summary = "", Row = [home, carrier], Sources = new Dictionary<string, string> { ["*"] = "a test" } };
}
