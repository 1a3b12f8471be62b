using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Predicate;
using Postern.Lab.Predicate.Rehearsals;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Nat;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Boxes that forget or shut out so soon that rules do not tell: what rehearsals foretell comes true.</summary>
public class RehearsalTests
{
    private const int Worlds = 20;

    /// <summary>Guards that measuring, or the call's own first packets, set off.</summary>
    [Theory]
    [InlineData("EI/EI Random 1 0", GuardModel.Sliding, 2, 60, GuardSide.Both, GuardAction.BansEverything, false, 14_400, 0, 0.01)] // nobody logs in
    [InlineData("AD/EI Block512 1 0", GuardModel.Epoch, 3, 5, GuardSide.Outgoing, GuardAction.BansEverything, false, 14_400, 0, 0.01)]
    [InlineData("EI/EI Block1024 1 0", GuardModel.Sliding, 2, 5, GuardSide.Both, GuardAction.DropsMatching, false, 0, 0, 1)]
    [InlineData("EI/AD Kept 1 0", GuardModel.Epoch, 1, 3, GuardSide.Incoming, GuardAction.BansEverything, true, 14_400, 0, 0.01)] // whoever knocks first, and that is the server
    [InlineData("EI/EI Kept 1 0", GuardModel.Gap, 9, 3, GuardSide.Incoming, GuardAction.BansEverything, false, 60, 0.99, 1)] // an ordinary call stays below it
    [InlineData("EI/APD Kept 1 0", GuardModel.Refusals, 25, 60, GuardSide.Incoming, GuardAction.DropsMatching, false, 0, 0.99, 1)]
    public void A_guard_that_acts_at_once(string nat, GuardModel model, int threshold, double window, GuardSide side, GuardAction action, bool perTarget, double ban, double least, double most)
    {
        var guard = new GuardRules { Name = "g", Model = model, Threshold = threshold, Window = window, Side = side, Action = action, PerTarget = perTarget, Ban = ban, Refusals = 5, Attempts = model == GuardModel.Refusals ? 60 : 0 };
        Try(NatPairs.Box(NatPairs.Parse(nat)) with { Firewall = new() { Guards = [guard] } }, NatPairs.Box(NatPairs.Parse("EI/AD Kept 1 0")), least, most);
    }

    /// <summary>Mappings end while a call looks for its path, in use or not.</summary>
    [Theory]
    [InlineData("EI/APD Random 1 0", 2.7, 0, "AD/APD Block2048 1 0", 3.2, 0, 0.3, 0.7)]
    [InlineData("AD/AD Block512 1 0", 3.4, 0, "APD/APD Offset 1 0", 2.5, 0, 0.9, 1)]
    [InlineData("AD/APD Random 1 0", 2.0, 0, "AD/AD Random 1 0", 3.0, 0, 0, 0.05)]
    [InlineData("AD/AD Kept 1 0", 30, 20, "APD/AD Offset 1 0", 30, 12, 0, 1)] // also one that is in use
    public void A_NAT_that_forgets_at_once(string one, double unanswered, double age, string other, double others, double othersAge, double least, double most) =>
        Try(Forgetting(one, unanswered, age), Forgetting(other, others, othersAge), least, most);

    /// <summary>What else may stand beside it: early packets that are heeded, a filter of UDP, IPv6, a box of both, loss, no measurement.</summary>
    [Theory]
    [InlineData(""" "nat": { "filtering": "address-and-port-dependent", "earlyInbound": "shuts-out", "expiry": { "udpNew": 3 } } """, "linux", false, false, 0, true, 0.99, 1)] // whose opener has to die on its way
    [InlineData(""" "nat": { "filtering": "address-and-port-dependent", "expiry": { "udpNew": 3 } } """, "udp-blocked", false, false, 0, true, 0, 0)]
    [InlineData(""" "nat": { "mapping": "address-and-port-dependent", "filtering": "address-and-port-dependent", "ports": { "rule": "random" }, "expiry": { "udpNew": 3 } } """, "random", true, false, 0, true, 0.99, 1)]
    [InlineData(""" "nat": { "hairpin": "yes", "expiry": { "udpNew": 3 } } """, "linux", false, true, 0, true, 0.99, 1)]
    [InlineData(""" "nat": { "filtering": "address-and-port-dependent", "expiry": { "udpNew": 3 } } """, "linux", false, false, 0.02, true, 0.9, 1)]
    [InlineData(""" "nat": { "filtering": "address-and-port-dependent", "expiry": { "udpNew": 3 } } """, "linux", false, false, 0, false, 0.99, 1)]
    [InlineData(""" "natOf": "linux", "firewall": { "guards": [ { "name": "g", "model": "gap", "threshold": 12, "window": 3, "lowPortWeight": 10, "action": "bans-everything", "ban": 600 } ] } """, "linux", false, false, 0, true, 0, 0.01)] // the server's ports alone set it off
    public void Whatever_else_there_is(string own, string other, bool hasIpv6, bool isShared, double loss, bool measures, double least, double most) => Try(
        new()
        {
            One = Box(own),
            Other = BoxCatalogue.All[other],
            HasIpv6 = hasIpv6,
            ShareOutermost = isShared,
            Link = new() { Hops = 1, Loss = loss },
            Measures = measures,
            ServerPort = LabServer.HttpsPort,
        },
        least,
        most);

    [Fact]
    public void Where_nobody_logs_in_nothing_is_rehearsed() =>
        PairForecast.Of(new() { One = Box(""" "natOf": "linux", "firewall": { "outgoing": [ { "protocol": "udp" } ], "guards": [ { "name": "g", "model": "sliding", "threshold": 5, "window": 60, "action": "drops-matching" } ] } """), Other = BoxCatalogue.All["linux"] })
            .ShouldAllBe(path => path.Odds == 0);

    [Fact]
    public void What_ships_needs_no_rehearsal() =>
        BoxCatalogue.All.Values.ShouldAllBe(box => !Occasion.Is(box, LabServer.UsualPort) && !Occasion.Is(box, LabServer.HttpsPort));

    /// <summary>Likelier paths come first, whatever luck there may be.</summary>
    [Fact]
    public void The_best_path_is_one_that_can_be()
    {
        var paths = PairForecast.Of(new() { One = Forgetting("AD/APD Random 1 0", 2, 0), Other = Forgetting("AD/AD Random 1 0", 3, 0) });
        (paths[0].Kind, paths[0].Odds).ShouldBe((ForecastKind.Relayed, paths.Max(path => path.Odds)));
    }

    private static BoxDescription Box(string words) =>
        BoxDescriptionJson.Read($$"""{ "id": "own", "title": "", "summary": "", "sources": { "*": "a test" }, {{words}} }""", out var error) ?? throw new ArgumentException(error);

    private static BoxDescription Forgetting(string words, double unanswered, double age)
    {
        var nat = NatPairs.Parse(words);
        return NatPairs.Box(nat with { Expiry = nat.Expiry with { UdpNew = unanswered, UdpStream = 10 * unanswered, UdpStreamAfter = 2, AtMost = age } });
    }

    private static void Try(BoxDescription one, BoxDescription other, double least, double most)
    {
        BoxDescriptionJson.Read(BoxDescriptionJson.Write(one), out var error).ShouldNotBeNull(error);
        Try(new() { One = one, Other = other, ToMiddle = TimeSpan.FromMilliseconds(20), ServerToMiddle = TimeSpan.FromMilliseconds(20) }, least, most);
    }

    private static void Try(PairOptions pair, double least, double most)
    {
        using var keys = new PairKeys();
        var plan = new TrialPlan { Pair = pair };
        var outcomes = Enumerable.Range(1, Worlds).Select(seed =>
        {
            using var trial = new Trial(plan, new SeededRandom((ulong)seed), keys);
            return trial.Run();
        }).ToArray();
        outcomes.ShouldAllBe(outcome => outcome.Contradiction == null);
        outcomes[0].Forecast.ShouldContain(path => path.Reason.Id == "rehearsed");
        outcomes[0].OddsOfDirect.ShouldBeLessThan(Trial.Sure);
        var odds = outcomes[0].OddsOfDirect;
        odds.ShouldBeInRange(least, most);
        PairOddsTests.IsLikely(outcomes.Count(outcome => outcome.Direct), Worlds, odds).ShouldBeTrue($"{outcomes.Count(outcome => outcome.Direct)} went directly, foretold {odds:0.000}");
        var relayed = outcomes[0].Forecast.Where(path => path.Kind == ForecastKind.Relayed).Select(path => path.Odds).DefaultIfEmpty().Max();
        PairOddsTests.IsLikely(outcomes.Count(outcome => outcome.Connected), Worlds, Math.Max(odds, relayed)).ShouldBeTrue($"{outcomes.Count(outcome => outcome.Connected)} connected, foretold {relayed:0.000}");
    }
}
