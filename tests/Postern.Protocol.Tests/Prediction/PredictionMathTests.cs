using Postern.Protocol.Prediction;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>The formulas against counting all cases, and against the published figures.</summary>
public class PredictionMathTests
{
    [Theory]
    [InlineData(8, 3, 2)]
    [InlineData(10, 4, 3)]
    [InlineData(9, 1, 8)]
    [InlineData(6, 6, 1)]
    public void Meeting_is_what_counting_all_choices_gives(int range, int open, int asked)
    {
        var (met, all) = (0, 0);
        for (var holes = 0; holes < 1 << range; holes++)
        {
            for (var questions = 0; questions < 1 << range; questions++)
            {
                if (int.PopCount(holes) == open && int.PopCount(questions) == asked)
                {
                    all++;
                    met += (holes & questions) != 0 ? 1 : 0;
                }
            }
        }

        PredictionMath.Meets(range, open, asked).ShouldBe((double)met / all, 1e-12);
    }

    [Theory] // danderson/nat-birthday-paradox, Tailscale's article
    [InlineData(64_511, 256, 174, 0.50)]
    [InlineData(64_511, 256, 1024, 0.983)]
    [InlineData(64_511, 256, 2048, 0.9997)]
    public void The_published_figures_of_the_birthday_method_come_out(int range, int sockets, int probes, double odds) =>
        PredictionMath.Meets(range, sockets, probes).ShouldBe(odds, 0.002);

    [Fact]
    public void Both_drawing_meet_as_often_as_drawing_by_lot_shows()
    {
        const int range = 64;
        var random = new SeededRandom(99);
        var met = 0;
        for (var trial = 0; trial < 4000; trial++)
        {
            // Each asks half of the other's ports, and each question takes a port of its own that no other has.
            var (mine, theirs) = (Shuffled(random, range), Shuffled(random, range));
            var (asked, answered) = (Shuffled(random, range), Shuffled(random, range));
            met += Enumerable.Range(0, range / 2).Any(i => Enumerable.Range(0, range / 2).Any(j => asked[i] == theirs[j] && answered[j] == mine[i])) ? 1 : 0;
        }

        PredictionMath.BothDraw(range, range, range / 2, range / 2).ShouldBe(met / 4000.0, 0.025);
    }

    [Theory]
    [InlineData(1, 0.25)]
    [InlineData(3, 0.5)]
    [InlineData(5, 0.2)]
    [InlineData(3, 1)]
    [InlineData(3, 0)]
    public void What_is_drawn_once_for_each_address_is_what_counting_all_draws_gives(int addresses, double each)
    {
        var mean = Enumerable.Range(0, 1 << addresses).Sum(draw =>
            int.PopCount(draw) is var right ? Math.Pow(each, right) * Math.Pow(1 - each, addresses - right) * Odds(right / (double)addresses) : 0);
        PredictionMath.OverDraws(addresses, each, Odds).ShouldBe(mean, 1e-12);

        static double Odds(double share) => share * share * 0.9;
    }

    [Fact]
    public void Poisson_sums_to_one()
    {
        PredictionMath.PoissonAtMost(3.5, 60).ShouldBe(1, 1e-12);
        PredictionMath.PoissonAtMost(0, 0).ShouldBe(1);
        PredictionMath.PoissonAtMost(3.5, 2).ShouldBe(Math.Exp(-3.5) * (1 + 3.5 + (3.5 * 3.5 / 2)), 1e-12);
    }

    private static int[] Shuffled(SeededRandom random, int count)
    {
        var all = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var other = (int)(random.Next() % (ulong)(i + 1));
            (all[i], all[other]) = (all[other], all[i]);
        }

        return all;
    }
}
