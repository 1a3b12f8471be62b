using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>Draws from the distributions that networks have.</summary>
public static class Chance
{
    private const double SmallMean = 30; // up to here by counting, beyond it by the normal distribution, within a hundredth of it

    /// <summary>How many events of a Poisson process happen where <paramref name="mean"/> are expected.</summary>
    public static int Poisson(this IRandom random, double mean)
    {
        if (mean > SmallMean)
        {
            return Math.Max(0, (int)Math.Round(mean + (Math.Sqrt(mean) * random.Normal())));
        }

        var (events, left) = (-1, Math.Exp(mean));
        do
        {
            events++;
            left *= 1 - random.NextDouble();
        }
        while (left > 1);
        return events;
    }

    /// <summary>A draw from the standard normal distribution (Box and Muller).</summary>
    public static double Normal(this IRandom random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static bool Happens(this IRandom random, double odds) => odds > 0 && random.NextDouble() < odds;
}
