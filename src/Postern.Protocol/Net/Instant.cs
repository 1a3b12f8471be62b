namespace Postern.Protocol.Net;

/// <summary>A point on a monotonic clock, in ticks of 100 ns since an origin that only its driver knows.</summary>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>The deadline of an idle machine: later than every other instant.</summary>
    public static readonly Instant Never = new(long.MaxValue);

    public static readonly Instant Zero = new(0);

    public static Instant FromMilliseconds(double milliseconds) => new((long)(milliseconds * TimeSpan.TicksPerMillisecond));

    public static Instant Min(Instant a, Instant b) => a.Ticks <= b.Ticks ? a : b;

    public static Instant Max(Instant a, Instant b) => a.Ticks >= b.Ticks ? a : b;

    /// <summary>Never plus anything stays never.</summary>
    public static Instant operator +(Instant instant, TimeSpan span) =>
        instant == Never || span.Ticks > long.MaxValue - instant.Ticks ? Never : new(instant.Ticks + span.Ticks);

    public static Instant operator -(Instant instant, TimeSpan span) => instant == Never ? Never : new(instant.Ticks - span.Ticks);

    public static TimeSpan operator -(Instant later, Instant earlier) => new(later.Ticks - earlier.Ticks);

    public static bool operator <(Instant a, Instant b) => a.Ticks < b.Ticks;

    public static bool operator >(Instant a, Instant b) => a.Ticks > b.Ticks;

    public static bool operator <=(Instant a, Instant b) => a.Ticks <= b.Ticks;

    public static bool operator >=(Instant a, Instant b) => a.Ticks >= b.Ticks;

    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    public override string ToString() => this == Never ? "never" : $"{Ticks / (double)TimeSpan.TicksPerSecond:0.000000}s";
}
