using Postern.Protocol.Nat;

namespace Postern.Protocol.Prediction;

/// <summary>How many ports other hosts take from a NAT that counts (λ), and how certain that is.</summary>
/// <param name="PerSecond">The mean.</param>
/// <param name="Deviation">One standard deviation of it: of n ports that were counted it is √n, and of none 1: a short look that saw nothing does not say that there is nothing.</param>
public readonly record struct CrossTraffic(double PerSecond, double Deviation)
{
    /// <summary>What is so rare under the earlier measurement means that it holds no more.</summary>
    private const double Implausible = 0.01;

    /// <summary>Two standard deviations more: what was watched for a moment only is not certain.</summary>
    public double Cautious => PerSecond + (2 * Deviation);

    /// <summary>As it is told: both sides count with the same figures. No property: a record writes those out, and this one without end.</summary>
    public CrossTraffic Round() => new(Math.Round(PerSecond, 3), Math.Round(Deviation, 3));

    /// <summary>What was measured with the NAT.</summary>
    public static CrossTraffic Of(PortRule ports) => Of(ports.ForeignMappings, ports.WatchedMilliseconds / 1000);

    /// <summary>The same with what was seen just now: both together, or the latter alone where the network has become busier or quieter.</summary>
    /// <param name="ports">What was measured with the NAT.</param>
    /// <param name="foreign">Ports that others have taken just now.</param>
    /// <param name="seconds">In so many seconds.</param>
    public static CrossTraffic Of(PortRule ports, int foreign, double seconds)
    {
        var before = ports.WatchedMilliseconds / 1000;
        return seconds <= 0 ? Of(ports)
            : before > 0 && Of(ports).IsPlausible(foreign, seconds) ? Of(ports.ForeignMappings + foreign, before + seconds)
            : Of(foreign, seconds);
    }

    private static CrossTraffic Of(int foreign, double seconds) => seconds <= 0 ? default : new(foreign / seconds, Math.Sqrt(Math.Max(1, foreign)) / seconds);

    private bool IsPlausible(int foreign, double seconds)
    {
        var most = foreign == 0 ? 1 : 1 - PredictionMath.PoissonAtMost(Cautious * seconds, foreign - 1);
        var least = PredictionMath.PoissonAtMost(Math.Max(0, PerSecond - (2 * Deviation)) * seconds, foreign);
        return most >= Implausible && least >= Implausible;
    }
}
