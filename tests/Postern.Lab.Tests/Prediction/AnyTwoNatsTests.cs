using Postern.Lab.Boxes;
using Postern.Lab.Packets;
using Postern.Lab.Predicate;
using Postern.Lab.Simulator;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Pairs of NATs drawn from all mappings, filters, port rules and pools of addresses: in many worlds of each the odds are those that come true.</summary>
public class AnyTwoNatsTests
{
    [Fact]
    public void In_some_pairs_what_is_foretold_comes_true() => Judge(new SeededRandom(1), pairs: 40, worlds: 10);

    [Theory]
    [Trait("part", "soak")]
    [InlineData(2)]
    [InlineData(3)]
    public void In_many_pairs_what_is_foretold_comes_true(ulong seed) => Judge(new SeededRandom(seed), pairs: 250, worlds: 40);

    /// <summary>Those that once were wrong, in words: mapping/filtering, port rule, addresses, foreign flows a second.</summary>
    [Theory]
    [InlineData("AD/APD Step 1 20", "APD/APD Step 1 20")] // all guesses of a climb leave by one port
    [InlineData("APD/AD Step 1 24", "APD/APD Block 1 0")] // the filter lets in more than the hole was made for
    [InlineData("AD/AD Step 1 20", "APD/APD Block 1 0")] // any port of the address will do
    [InlineData("APD/APD Block 1 0", "AD/AD Block 1 0")]
    [InlineData("AD/APD Offset 4 0", "EI/APD Block 2 0")] // a shift that turns round the end of all ports
    [InlineData("AD/AD Kept 2 0", "EI/AD Block 3 0")] // two targets at the same address show nothing
    [InlineData("AD/EI Random 1 0", "APD/AD Block 3 0")] // checks that run in a circle
    [InlineData("AD/APD Kept 3 0", "APD/APD Block 2 0")] // an address that is drawn once for all ports
    [InlineData("AD/APD Step 2 11", "APD/APD Step 2 6")]
    [InlineData("APD/APD Block1000 1 0", "EI/APD Kept 1 0")] // a block that is no power of two
    [InlineData("APD/APD Block3000 1 0", "EI/APD Kept 1 0")]
    [InlineData("AD/APD Step 1 7", "AD/APD Step 4 15")] // all rungs have one endpoint
    [InlineData("AD/AD Kept 2 0", "AD/AD Step 1 20")] // a plan hangs on the same draw as luck
    [InlineData("APD/AD Offset 2 0", "AD/EI Step 1 3")] // a check that was shut out is repeated when the other side has sent from there
    [InlineData("APD/AD Offset 3 0", "APD/EI Block1024 1 0")]
    [InlineData("APD/AD Offset 4 0", "APD/EI Step 1 13")] // each port that is learnt begins a circle
    [InlineData("AD/AD Block 1 0", "APD/AD Block 3 0")] // any port of an address will do, also where that is one of several
    [InlineData("AD/AD Step 3 12", "AD/AD Step 3 36")]
    [InlineData("AD/AD Step 4 59", "AD/APD Step 2 27")]
    [InlineData("AD/EI Block128 1 0", "AD/APD Offset 2 0")] // answered from a port that was asked as well
    [InlineData("APD/APD Step 1 43", "AD/APD Step 1 200")] // all rungs are one hole
    public void What_once_was_wrong_comes_true(string one, string other)
    {
        var tried = NatPairs.Try([(NatPairs.Parse(one), NatPairs.Parse(other))], 60).Single();
        tried.IsLikely(60).ShouldBeTrue($"{tried}");
    }

    /// <summary>Where a NAT forgets what nothing has answered within seconds, holes close before all are asked.</summary>
    [Theory]
    [InlineData("APD/APD Block1024 1 0", "EI/APD Kept 1 0", ProbeMode.Polite, 3)]
    [InlineData("APD/APD Block2048 1 0", "EI/APD Kept 1 0", ProbeMode.Bold, 3)]
    [InlineData("APD/APD Block2048 1 0", "EI/APD Kept 1 0", ProbeMode.Bold, 7)]
    [InlineData("APD/APD Random 1 0", "EI/APD Kept 1 0", ProbeMode.Fast, 4)]
    [InlineData("AD/AD Block1024 1 0", "APD/AD Block2048 1 0", ProbeMode.Polite, 3)]
    [InlineData("APD/APD Block 1 0", "APD/APD Block 1 0", ProbeMode.Fast, 2)]
    [InlineData("APD/APD Block64 1 0", "APD/APD Block64 1 0", ProbeMode.Bold, 3)]
    [InlineData("APD/APD Block256 1 0", "EI/APD Step 1 20", ProbeMode.Polite, 5)]
    [InlineData("AD/AD Step 1 20", "APD/APD Step 1 10", ProbeMode.Polite, 4)]
    [InlineData("AD/AD Random 1 0", "APD/APD Block2048 1 0", ProbeMode.Bold, 3)] // 5 % of what the sides take for 22 %
    public void Where_holes_close_soon_what_is_foretold_comes_true(string one, string other, ProbeMode mode, double seconds)
    {
        NatRules Forgetting(string words) => NatPairs.Parse(words) is var nat ? nat with { Expiry = nat.Expiry with { UdpNew = seconds } } : null!;
        var tried = NatPairs.Try([(Forgetting(one), Forgetting(other))], 100, mode).Single();
        tried.IsLikely(100).ShouldBeTrue($"{tried}");
        tried.Odds.ShouldBeGreaterThan(0);
    }

    /// <summary>A purse that pays for more than it takes: what is asked must be enough all the same, and leaves by ports of the asker's own.</summary>
    [Theory]
    [InlineData("AD/AD Block 1 0", "APD/AD Block 4 0")] // only one question in four comes from the address that a hole is for
    [InlineData("AD/AD Random 1 0", "APD/APD Block128 1 0")] // no more questions than ports
    [InlineData("AD/AD Random 1 0", "APD/APD Block64 1 0")]
    [InlineData("AD/AD Random 1 0", "AD/APD Block64 1 0")] // all questions leave by one
    [InlineData("APD/AD Block64 1 0", "APD/AD Block100 1 0")]
    public void Of_a_full_purse_no_more_is_spent_than_helps(string one, string other)
    {
        var tried = NatPairs.Try([(NatPairs.Parse(one), NatPairs.Parse(other))], 100, ProbeMode.Fast).Single();
        tried.IsLikely(100).ShouldBeTrue($"{tried}");
    }

    /// <summary>Where a port that is in use may be drawn once more, checks that run in a circle happen to meet, and what is drawn may not show.</summary>
    [Theory]
    [InlineData("APD/AD Block128 1 0", "APD/EI Block128 1 0", 0.1, 0.3)]
    [InlineData("APD/EI Block256 1 0", "APD/EI Block256 1 0", 0.05, 0.25)]
    [InlineData("AD/APD Block64 1 0", "APD/APD Block 1 0", 0, 1)]
    public void Ports_that_are_overloaded(string one, string other, double least, double most)
    {
        static NatRules Overloading(string words) => NatPairs.Parse(words) with { Overloads = true };
        var tried = NatPairs.Try([(Overloading(one), Overloading(other))], 200).Single();
        tried.IsLikely(200).ShouldBeTrue($"{tried}");
        tried.Odds.ShouldBeInRange(least, most);
    }

    /// <summary>The first mappings of new sockets are kept in part, and all others moved: the fewer are moved, the seldomer samples show it.</summary>
    [Theory]
    [InlineData("APD/APD Kept 1 0", "EI/APD Kept 1 0", 0.1, ClashRule.Random)]
    [InlineData("APD/APD Kept 1 0", "EI/APD Kept 1 0", 0.4, ClashRule.Random)]
    [InlineData("AD/AD Offset 1 0", "EI/APD Kept 1 0", 0.5, ClashRule.Next)]
    [InlineData("AD/APD Kept 1 0", "AD/AD Random 1 0", 0.9, ClashRule.Next)] // is met from any port
    public void Ports_that_others_have_in_part(string one, string other, double taken, ClashRule clash)
    {
        var kept = NatPairs.Parse(one);
        var tried = NatPairs.Try([(kept with { Ports = kept.Ports with { Taken = taken, OnClash = clash } }, NatPairs.Parse(other))], 100, ProbeMode.Fast).Single();
        tried.IsLikely(100).ShouldBeTrue($"{tried}");
    }

    /// <summary>One side's questions all leave by one port: the other has to ask that one only, from any port that was asked.</summary>
    [Theory]
    [InlineData("APD/AD Block256 1 0", "AD/APD Block256 1 0", ProbeMode.Fast)]
    [InlineData("AD/APD Block128 1 0", "APD/EI Block128 1 0", ProbeMode.Bold)]
    public void Two_that_draw_where_one_asks_from_one_port(string one, string other, ProbeMode mode)
    {
        var tried = NatPairs.Try([(NatPairs.Parse(one), NatPairs.Parse(other))], 100, mode).Single();
        tried.IsLikely(100).ShouldBeTrue($"{tried}");
        tried.Odds.ShouldBeGreaterThan(0.4);
    }

    /// <summary>Of ports below 1024 peers keep clear: it depends on where a counter or a block lies whether anything begins.</summary>
    [Theory]
    [InlineData("AD/APD Step 1 11", "EI/AD Random 1 0", 147, 1151, ProbeMode.Fast, 0.1, 0.3)] // ordinary checks
    [InlineData("APD/APD Block256 1 0", "EI/AD Kept 1 0", 283, 1363, ProbeMode.Polite, 0.2, 0.4)] // a quarter of the blocks lies above
    [InlineData("APD/AD Step 1 3", "AD/AD Step 1 23", 83, 2929, ProbeMode.Fast, 0.4, 0.8)] // a port that is learnt
    [InlineData("AD/APD Step 1 31", "APD/APD Step 1 16", 211, 2421, ProbeMode.Fast, 0.5, 0.8)] // rungs
    [InlineData("APD/APD Block512 1 0", "AD/APD Step 1 40", 316, 2893, ProbeMode.Fast, 0.25, 0.5)] // one of its ports is asked, of which there may be none
    [InlineData("AD/EI Step 1 5", "AD/AD Random 1 0", 605, 2084, ProbeMode.Fast, 0.5, 0.8)] // nobody sends first to the open side
    public void Ports_that_peers_keep_clear_of(string low, string other, int first, int last, ProbeMode mode, double least, double most)
    {
        var nat = NatPairs.Parse(low);
        var tried = NatPairs.Try([(nat with { Ports = nat.Ports with { First = first, Last = last } }, NatPairs.Parse(other))], 100, mode).Single();
        tried.IsLikely(100).ShouldBeTrue($"{tried}");
        tried.Odds.ShouldBeInRange(least, most);
    }

    /// <summary>Nothing shows that it counts: it is met as if it drew from all ports.</summary>
    [Theory]
    [InlineData("APD/APD Step 1 6000", "EI/APD Kept 1 0", 8, ProbeMode.Fast, 0.9, 1)]
    [InlineData("APD/AD Step 1 2000", "EI/APD Kept 1 0", 31, ProbeMode.Bold, 0.1, 0.5)]
    [InlineData("AD/AD Step 1 2600", "APD/APD Step 1 900", 3, ProbeMode.Bold, 0.1, 1)]
    public void Counters_of_the_busiest_networks(string one, string other, int step, ProbeMode mode, double least, double most)
    {
        NatRules Busy(string words, int step = 1) => NatPairs.Parse(words) is var nat ? nat with { Ports = nat.Ports with { Step = step }, Expiry = nat.Expiry with { UdpNew = 10 } } : null!;
        var tried = NatPairs.Try([(Busy(one, step), Busy(other))], 100, mode).Single();
        tried.IsLikely(100).ShouldBeTrue($"{tried}");
        tried.Odds.ShouldBeInRange(least, most);
    }

    /// <summary>The few ports of a counter's range are soon behind it: what lies beyond the turn is not reached.</summary>
    [Theory]
    [InlineData("APD/EI Step 1 40", "APD/APD Step 1 20", 48_184, 50_740, 31, ProbeMode.Polite, 0.2, 0.98)]
    [InlineData("AD/APD Step 1 48", "AD/APD Step 1 60", 53_190, 55_986, 16, ProbeMode.Fast, 0.2, 0.99)]
    [InlineData("APD/APD Step 1 10", "APD/EI Step 1 8", 9491, 9815, 3, ProbeMode.Polite, 0.2, 0.99)]
    public void Counters_that_turn_round_within_a_call(string one, string other, int first, int last, int step, ProbeMode mode, double least, double most)
    {
        NatRules Narrow(string words) => NatPairs.Parse(words) is var nat ? nat with { Ports = nat.Ports with { First = first, Last = last, Step = step }, Expiry = nat.Expiry with { UdpNew = 10 } } : null!;
        var tried = NatPairs.Try([(Narrow(one), NatPairs.Parse(other))], 100, mode).Single();
        tried.IsLikely(100).ShouldBeTrue($"{tried}");
        tried.Odds.ShouldBeInRange(least, most);
    }

    /// <summary>A purse for questions is empty sooner than one for mappings.</summary>
    [Theory]
    [InlineData(300)]
    [InlineData(400)]
    [InlineData(500)]
    public void Two_counters_of_busy_networks_have_the_rounds_that_can_be_paid_for(int perSecond)
    {
        var busy = NatPairs.Parse($"APD/APD Step 1 {perSecond}");
        var tried = NatPairs.Try([(busy, busy)], 100).Single();
        tried.IsLikely(100).ShouldBeTrue($"{tried}");
    }

    [Fact]
    public void Checks_that_run_in_a_circle_end()
    {
        var circles = 0;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using var pair = new PairWorld(NatPairs.World(NatPairs.Parse("AD/EI Random 1 0"), NatPairs.Parse("APD/AD Block 3 0")), new SeededRandom(seed));
            pair.Connect().ShouldBeTrue();
            pair.World.Run(TimeSpan.FromSeconds(15));
            var sent = 0;
            pair.World.Tap += sighting => sent += sighting.Kind == SightingKind.Sent && sighting.Packet.Header.Transport == Transport.Udp ? 1 : 0;
            pair.World.Run(TimeSpan.FromSeconds(10));
            circles += pair.One.Peer.Calls[^1].IsDirect ? 0 : 1;
            sent.ShouldBeLessThan(200, $"seed {seed}");
        }

        circles.ShouldBeInRange(1, 19);
    }

    private static void Judge(SeededRandom random, int pairs, int worlds)
    {
        var tried = NatPairs.Try([.. Enumerable.Range(0, pairs).Select(_ => (Draw(random), Draw(random)))], worlds);
        tried.Where(pair => !pair.IsLikely(worlds)).Select(pair => $"{pair}").ShouldBeEmpty();
        Calibration.Of(tried.Where(pair => pair.Odds is > 0 and < Trial.Sure).SelectMany(pair => Enumerable.Range(0, worlds).Select(world => (pair.Odds, world < pair.Direct))))
            .Where(band => !band.IsPlausible).ShouldBeEmpty();
    }

    /// <summary>Only such as a description may name.</summary>
    private static NatRules Draw(SeededRandom random)
    {
        while (true)
        {
            var rule = NatPairs.Rules[random.Next(0, NatPairs.Rules.Length)];
            var nat = NatPairs.Nat(NatPairs.Behaviours[random.Next(0, 3)], NatPairs.Behaviours[random.Next(0, 3)], rule, random.Happens(0.4) ? 1 : random.Next(2, 5), rule == PortRuleKind.Step ? random.Next(0, 30) : 0);
            var lifetime = random.Next(10, 30);
            nat = random.Happens(0.7) ? nat : nat with { Expiry = nat.Expiry with { UdpNew = lifetime, Refreshing = (Refreshing)random.Next(0, 3) } };
            if (NatPairs.CanBe(NatPairs.Box(nat)))
            {
                return nat;
            }
        }
    }
}
