namespace Postern.Protocol.Prediction;

/// <summary>The probabilities behind the plans.</summary>
public static class PredictionMath
{
    private const double LargestMean = 300; // e^-745 is 0, and nobody follows so busy a counter

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

    /// <summary>
    /// That two sides which both draw meet: each asks <paramref name="own"/> (<paramref name="other"/>) ports of the other's range,
    /// and each question takes a port of its own. A pair meets where both ends were drawn for each other.
    /// </summary>
    public static double BothDraw(int ownRange, int otherRange, int own, int other) =>
        1 - Math.Exp(-((double)own / otherRange) * ((double)other / ownRange));

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
            term *= -(double)(own.Asked - pairs + 1) * (other.Asked - pairs + 1) / ((double)pairs * own.Count * other.Count);
            met += term;
        }

        return met;
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

    /// <summary>The least k for which P(X ≤ k) reaches <paramref name="odds"/>.</summary>
    public static int PoissonQuantile(double mean, double odds)
    {
        if (mean > LargestMean)
        {
            return (int)Math.Min(mean, int.MaxValue / 2);
        }

        var most = 0;
        while (PoissonAtMost(mean, most) < odds)
        {
            most++;
        }

        return most;
    }
}
