using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Nat;

public class PortRuleFinderTests
{
    private static readonly Endpoint Server = Endpoint.Parse("203.0.113.1:3478");
    private static readonly IpAddress Outer = IpAddress.Parse("198.51.100.7");

    [Fact]
    public void A_collision_or_two_do_not_hide_kept_ports()
    {
        Find((5000, 5000), (5001, 5001), (5002, 33333), (5003, 5003), (5004, 5004), (5005, 1024), (5006, 5006), (5007, 5007)).Kind.ShouldBe(PortRuleKind.Kept);
        Find((5000, 5000), (5001, 5001), (5002, 33333), (5003, 5003), (5004, 41234), (5005, 1024), (5006, 5006), (5007, 5007)).Kind.ShouldBe(PortRuleKind.Random);
    }

    /// <summary>Of 8 samples each: the size of the block is found, whether people count in tens or in powers of two; else one that is little larger or smaller.</summary>
    [Theory]
    [InlineData(500, 0.7)]
    [InlineData(512, 0.9)]
    [InlineData(1000, 0.7)]
    [InlineData(1024, 0.9)]
    [InlineData(2000, 0.7)]
    [InlineData(2048, 0.9)]
    [InlineData(3000, 0.5)]
    public void A_block_has_its_size(int size, double share)
    {
        var random = new SeededRandom(7);
        var right = Enumerable.Range(0, 1000).Count(_ =>
        {
            var first = random.Next(1 + (1024 / size), 60_000 / size) * size;
            var rule = Find([.. Enumerable.Range(0, 8).Select(sample => (40_000 + (17 * sample), first + random.Next(0, size)))]);
            return (rule.Kind, rule.BlockStart, rule.BlockSize) == (PortRuleKind.Block, first, size);
        });
        right.ShouldBeGreaterThan((int)(share * 1000));
    }

    [Fact]
    public void A_shift_turns_round_the_end_of_all_ports()
    {
        Find((40_000, 55_000), (52_000, 2488), (45_000, 60_000), (58_000, 8488), (41_000, 56_000), (50_000, 65_000), (57_000, 7488), (42_000, 57_000))
            .ShouldSatisfyAllConditions(rule => rule.Kind.ShouldBe(PortRuleKind.Offset), rule => rule.Delta.ShouldBe(15_000));
        Find((40_000, 55_000), (52_000, 2489), (45_000, 60_001), (58_000, 8478), (41_000, 56_003), (50_000, 65_009), (57_000, 7482), (42_000, 57_001)).Kind.ShouldBe(PortRuleKind.Random);
    }

    [Fact]
    public void A_shift_that_turns_round_is_one_where_sockets_have_ports_in_a_row() =>
        Find((50_000, 61_000), (51_000, 62_000), (52_000, 63_000), (53_000, 64_000), (54_000, 65_000), (55_000, 1488), (56_000, 2488), (57_000, 3488)).ShouldSatisfyAllConditions(
            rule => rule.Kind.ShouldBe(PortRuleKind.Offset), rule => rule.Delta.ShouldBe(11_000));

    [Fact]
    public void Mappings_of_other_hosts_in_between_do_not_hide_a_step()
    {
        Step(2000, 2001, 2004, 2005, 2011, 2012, 2020, 2021).ShouldBe((PortRuleKind.Step, 1));
        Step(2000, 2002, 2008, 2010, 2012, 2020, 2022, 2024).ShouldBe((PortRuleKind.Step, 2));
        Step(2020, 2018, 2010, 2008, 2004, 2002, 2000, 1998).ShouldBe((PortRuleKind.Step, -2));
    }

    [Fact]
    public void A_step_may_turn_round_the_end_of_its_range_once()
    {
        Step(65532, 65533, 65534, 65535, 1024, 1025, 1026, 1027).ShouldBe((PortRuleKind.Step, 1));
        Step(1026, 1025, 1024, 65535, 65534, 65533, 65532, 65531).ShouldBe((PortRuleKind.Step, -1));
        Step(2000, 2001, 2002, 1990, 2003, 2004, 2005, 2006).Kind.ShouldBe(PortRuleKind.Block); // no turn: it goes on where it was
    }

    [Theory]
    [InlineData(1024, 55_712, 55_749, 55_800, 55_856, 55_919, 55_985, 56_031, 56_085)]
    [InlineData(1024, 5000, 4900, 4700, 4650, 4500, 4440, 4390, 4300)]
    [InlineData(1024, 64_000, 64_900, 1500, 2400, 3300, 4200, 5100, 6000)] // turned round the end once
    [InlineData(1, 100, 400, 900, 1400, 1900, 2300, 2600, 3300)]
    public void A_counter_that_others_move_fast_gives_what_is_as_good_as_drawn_from_all_ports(int first, params int[] mapped)
    {
        var rule = PortRuleFinder.Find(Samples(mapped));
        (rule.Kind, rule.BlockStart, rule.BlockStart + rule.BlockSize).ShouldBe((PortRuleKind.Random, first, 65_536));
    }

    [Theory]
    [InlineData(63_000, 64_400, 63_500, 65_500, 64_000, 63_200, 65_000, 64_900)] // the block of 3000 there would end beyond the last port
    [InlineData(300, 900, 40, 700, 500, 1000, 200, 800)] // there is no port 0
    public void A_block_lies_within_the_ports_that_there_are(params int[] mapped)
    {
        var rule = PortRuleFinder.Find(Samples(mapped));
        IsWithin(rule);
        foreach (var port in new[] { 1, 63_900, 65_535 })
        {
            IsWithin(rule.Seeing(port));
            IsWithin(new PortRule { Kind = PortRuleKind.Block, BlockStart = 3000, BlockSize = 3000 }.Seeing(port));
        }

        static void IsWithin(PortRule rule)
        {
            rule.Kind.ShouldBe(PortRuleKind.Block);
            rule.BlockStart.ShouldBeGreaterThan(0);
            (rule.BlockStart + rule.BlockSize).ShouldBeLessThanOrEqualTo(65_536);
        }
    }

    [Fact]
    public void What_had_to_be_repeated_does_not_count_for_the_order()
    {
        int[] mapped = [2000, 2009, 2001, 2002, 2008, 2003, 2004, 2005];
        var samples = mapped.Select((port, i) => new PortSample((ushort)(40000 - (i * 17)), Server, new(Outer, (ushort)port), IsRepeated: i is 1 or 4));
        PortRuleFinder.Find([.. samples]).ShouldSatisfyAllConditions(r => r.Kind.ShouldBe(PortRuleKind.Step), r => r.Delta.ShouldBe(1), r => r.Samples.Count.ShouldBe(8));
    }

    [Fact]
    public void A_block_that_is_not_aligned_is_guessed_from_its_samples()
    {
        int[] mapped = [32700, 32790, 32710, 32760, 32775, 32720, 32795, 32740];
        var rule = PortRuleFinder.Find(Samples(mapped));
        rule.Kind.ShouldBe(PortRuleKind.Block);
        rule.BlockStart.ShouldBeInRange(32600, 32700);
        (rule.BlockStart + rule.BlockSize).ShouldBeInRange(32796, 32900);
    }

    [Theory]
    [InlineData(1024, 65535, 970)]
    [InlineData(32768, 60999, 970)]
    [InlineData(32768, 65535, 880)] // one in eleven times all 16 lie in the narrower one
    [InlineData(49152, 65535, 970)]
    public void A_range_that_NATs_are_known_to_draw_from_is_found_whole(int first, int last, int ofAThousand)
    {
        var random = new SeededRandom(5);
        var found = Enumerable.Range(0, 1000).Select(_ => Drawn(random, first, last - first + 1, samples: 16)).ToArray();
        found.Count(rule => (rule.BlockStart, rule.BlockStart + rule.BlockSize - 1) == (first, last)).ShouldBeGreaterThan(ofAThousand);
    }

    [Fact]
    public void Of_a_range_that_nobody_knows_the_ends_are_estimated_without_bias()
    {
        var random = new SeededRandom(6);
        var sizes = Enumerable.Range(0, 2000).Select(_ => Drawn(random, 20_000, 10_000, samples: 16)).Select(rule => rule.BlockSize).ToArray();
        sizes.Average().ShouldBeInRange(9_900, 10_100);
    }

    [Fact]
    public void Fewer_than_four_samples_tell_nothing()
    {
        PortRuleFinder.Find([]).Kind.ShouldBe(PortRuleKind.Unknown);
        Find((1, 1), (2, 2), (3, 3)).Kind.ShouldBe(PortRuleKind.Unknown);
    }

    [Fact]
    public void Drawn_at_random_ten_thousand_times_the_rules_are_told_apart()
    {
        var random = new SeededRandom(2);
        var wrong = 0;
        for (var run = 0; run < 10_000; run++)
        {
            var size = 512 << random.Next(0, 3);
            var start = 1024 + (size * random.Next(0, 20));
            wrong += Drawn(random, start - (start % size), size).Kind == PortRuleKind.Block ? 0 : 1;
            wrong += Drawn(random, 1024, 64512).Kind == PortRuleKind.Random ? 0 : 1;
        }

        wrong.ShouldBeLessThan(20); // of 20,000
    }

    private static PortRule Drawn(SeededRandom random, int start, int size, int samples = 8) =>
        PortRuleFinder.Find(Samples([.. Enumerable.Range(0, samples).Select(_ => random.Next(start, start + size))]));

    private static (PortRuleKind Kind, int Delta) Step(params int[] mapped)
    {
        var rule = PortRuleFinder.Find(Samples(mapped));
        return (rule.Kind, rule.Delta);
    }

    private static PortRule Find(params (int Local, int Mapped)[] pairs) =>
        PortRuleFinder.Find([.. pairs.Select(p => new PortSample((ushort)p.Local, Server, new(Outer, (ushort)p.Mapped)))]);

    private static PortSample[] Samples(int[] mapped) =>
        [.. mapped.Select((port, i) => new PortSample((ushort)(40000 - (i * i * 17)), Server, new(Outer, (ushort)port)))];
}
