using Postern.Protocol.Probing;

namespace Postern.Protocol.Prediction;

/// <summary>When a side asks its ports, one after the other as its budget lets it.</summary>
/// <param name="limits">What it may spend.</param>
internal readonly struct AskingPace(ProbeLimits limits)
{
    private const int Reserved = 2; // of the first chain, for the peer's host and mapped candidates

    /// <summary>How many ports are asked in so many seconds.</summary>
    public int Within(double seconds)
    {
        if (seconds <= 0)
        {
            return 0; // the holes are closed before anything can be asked
        }

        if (limits.PerSecond > 0)
        {
            return limits.Burst + (int)(limits.PerSecond * seconds);
        }

        var chains = 1;
        while (BeginOf(chains) <= seconds)
        {
            chains++;
        }

        var ofLast = 1 + (int)Math.Min(limits.Burst - 1, (seconds - BeginOf(chains - 1)) / limits.Spacing.TotalSeconds);
        return Math.Max(0, ((chains - 1) * limits.Burst) + ofLast - Reserved);
    }

    /// <summary>
    /// Of all pairs of a port that one side asks and one that the other asks, those of which the later question finds the hole of the
    /// earlier one open still. Both begin at once.
    /// </summary>
    /// <param name="own">One side's pace.</param>
    /// <param name="asked">How many it asks.</param>
    /// <param name="openFor">For how many seconds its holes are open.</param>
    /// <param name="other">The other's pace.</param>
    /// <param name="otherAsked">How many that asks.</param>
    /// <param name="otherOpenFor">For how many seconds its holes are open.</param>
    public static double Together(AskingPace own, int asked, double openFor, AskingPace other, int otherAsked, double otherOpenFor)
    {
        var (mine, theirs) = (own.Times(asked), other.Times(otherAsked));
        var pairs = mine.Sum(at => theirs.Count(theirAt => at < theirAt + otherOpenFor && theirAt < at + openFor));
        return (double)pairs / Math.Max(1, mine.Length * theirs.Length);
    }

    private double[] Times(int asked)
    {
        var times = new double[Math.Max(0, asked)];
        for (var index = 0; index < times.Length; index++)
        {
            times[index] = At(index);
        }

        return times;
    }

    /// <summary>In seconds from the beginning.</summary>
    private double At(int index) => limits.PerSecond > 0
        ? Math.Max(0, (double)(index + 1 - limits.Burst) / limits.PerSecond)
        : BeginOf((index + Reserved) / limits.Burst) + ((index + Reserved) % limits.Burst * limits.Spacing.TotalSeconds);

    /// <summary>In seconds; the question whether there is a ban makes that chain longer in which it falls.</summary>
    private double BeginOf(int chain)
    {
        var (length, question) = ((limits.Silence + (limits.Burst * limits.Spacing)).TotalSeconds, ProbeLimits.BanSuspicion.TotalSeconds);
        var next = length * (1 + Math.Floor(question / length));
        var longer = Math.Max(0, question + limits.Silence.TotalSeconds - next);
        return (chain * length) + (chain * length < next ? 0 : longer);
    }
}
