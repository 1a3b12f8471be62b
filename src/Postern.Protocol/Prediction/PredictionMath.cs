namespace Postern.Protocol.Prediction;

/// <summary>The probabilities behind the plans.</summary>
public static class PredictionMath
{
    private const double LargestMean = 300; // e^-745 is 0, and nobody follows so busy a counter
    private const double Negligible = 1e-9;
    private const double AsGoodAsSure = 0.9999; // all but one call in ten thousand

    /// <summary>That <paramref name="asked"/> different ports of <paramref name="range"/> meet at least one of <paramref name="open"/> open ones: 1 − C(R−N, M)/C(R, M).</summary>
    public static double Meets(int range, int open, int asked)
    {
        var missed = 1.0;
        for (var i = 0; i < asked && missed > 0; i++)
        {
            missed *= Math.Max(0, (double)(range - open - i) / (range - i));
        }

        return 1 - missed;
    }

    /// <summary>How many ports it takes at most to meet one of <paramref name="open"/> as good as surely: no more than <paramref name="most"/>.</summary>
    public static int Enough(int range, int open, int most)
    {
        var (fewer, enough) = (0, most);
        while (enough - fewer > 1) // the odds grow with what is asked
        {
            var half = (fewer + enough) / 2;
            (fewer, enough) = Meets(range, open, half) >= AsGoodAsSure ? (fewer, half) : (half, enough);
        }

        return enough;
    }

    /// <summary>
    /// That two sides which both draw meet: each asks <paramref name="own"/> (<paramref name="other"/>) ports of the other's range,
    /// and each question takes a port of its own. A pair meets where both ends were drawn for each other, and while both stand.
    /// </summary>
    /// <param name="ownRange">From which our ports are drawn.</param>
    /// <param name="otherRange">From which theirs are.</param>
    /// <param name="own">How many ports we ask.</param>
    /// <param name="other">How many they ask.</param>
    /// <param name="together">Of all pairs of questions, those whose holes stand at the same time.</param>
    public static double BothDraw(int ownRange, int otherRange, int own, int other, double together = 1) =>
        1 - Math.Exp(-((double)own / otherRange) * ((double)other / ownRange) * together);

    /// <summary>
    /// That a counter is met by guesses of which each takes a port itself and asks for two ports more than the one before: the
    /// k-th meets where other hosts have by then taken <paramref name="first"/> + k ports.
    /// </summary>
    /// <param name="before">Ports that they take before the first guess, on average.</param>
    /// <param name="between">Between two guesses.</param>
    /// <param name="first">What the first guess takes for granted.</param>
    /// <param name="guesses">How many there are.</param>
    public static double Climbs(double before, double between, int first, int guesses)
    {
        if (before > LargestMean || between > LargestMean)
        {
            return 0;
        }

        // How many ports are taken, of the ways in which nothing was met so far; beyond the last guess nothing can be any more.
        var taken = Enumerable.Range(0, first + guesses).Select(k => PoissonAt(before, k)).ToArray();
        var more = Enumerable.Range(0, taken.Length).Select(k => PoissonAt(between, k)).TakeWhile((odds, k) => k <= between || odds > Negligible).ToArray();
        var met = 0.0;
        for (var guess = 0; guess < guesses; guess++)
        {
            met += taken[first + guess];
            taken[first + guess] = 0;
            Convolve(taken, more);
        }

        return met;
    }

    /// <summary>
    /// The odds where each of several addresses is the right one or not, once and for all: the binomial mean of what a share of right
    /// ones gives.
    /// </summary>
    /// <param name="addresses">How many there are.</param>
    /// <param name="each">That one is right.</param>
    /// <param name="odds">Of such a share.</param>
    public static double OverDraws(int addresses, double each, Func<double, double> odds)
    {
        ArgumentNullException.ThrowIfNull(odds);
        if (each >= 1)
        {
            return odds(1);
        }

        var (sum, chance) = (0.0, Math.Pow(1 - each, addresses));
        for (var right = 0; right < addresses; right++)
        {
            chance *= each / (1 - each) * (addresses - right) / (right + 1);
            sum += chance * odds((right + 1.0) / addresses);
        }

        return sum;
    }

    /// <summary>
    /// That two sides meet whose ports stay and whose addresses are drawn for each destination: some address of ours is drawn
    /// towards the one of theirs that is drawn towards it. Inclusion and exclusion over disjoint pairs of addresses.
    /// </summary>
    public static double BothRoam(AddressPool own, AddressPool other)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(other);
        var (met, term) = (0.0, -1.0);
        for (var pairs = 1; pairs <= Math.Min(own.Asked, other.Asked); pairs++)
        {
            term *= -(double)(own.Asked - pairs + 1) * (other.Asked - pairs + 1) / pairs * own.One * other.One;
            met += term;
        }

        return met;
    }

    private static void Convolve(double[] odds, double[] more)
    {
        for (var k = odds.Length - 1; k >= 0; k--)
        {
            var sum = 0.0;
            for (var i = 0; i < more.Length && i <= k; i++)
            {
                sum += odds[k - i] * more[i];
            }

            odds[k] = sum;
        }
    }

    private static double PoissonAt(double mean, int count)
    {
        var odds = Math.Exp(-mean);
        for (var i = 1; i <= count; i++)
        {
            odds *= mean / i;
        }

        return odds;
    }

    /// <summary>P(X ≤ <paramref name="most"/>) of a Poisson variable.</summary>
    public static double PoissonAtMost(double mean, int most)
    {
        if (mean > LargestMean)
        {
            return most >= mean ? 1 : 0;
        }

        var (term, sum) = (Math.Exp(-mean), 0.0);
        for (var i = 0; i <= most; i++)
        {
            sum += term;
            term *= mean / (i + 1);
        }

        return Math.Min(1, sum);
    }
}
