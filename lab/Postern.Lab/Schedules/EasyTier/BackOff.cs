namespace Postern.Lab.Schedules.EasyTier;

/// <summary>The pauses before the rounds; the last one repeats itself (hole_punch/udp/connector.rs).</summary>
internal sealed class BackOff(params IReadOnlyList<int> seconds)
{
    private int _next;

    public static BackOff OfCones() => new(1, 1, 2, 4, 4, 8, 8, 16);

    public static BackOff OfSymmetric() => new(1, 1, 2, 4, 4, 8, 8, 16, 64);

    public Pause Next() => Pause.Seconds(seconds[Math.Min(_next++, seconds.Count - 1)]);
}
