using Postern.Protocol.Net;

namespace Postern.Drivers;

/// <summary>One timer that follows a machine's next deadline, and the machine's clock.</summary>
internal sealed class Alarm : IDisposable
{
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ITimer _timer;
    private Instant _set = Instant.Never;

    /// <param name="time">The clock.</param>
    /// <param name="ring">Called on a pool thread when the deadline has come; may be called early or late.</param>
    public Alarm(TimeProvider time, Action ring)
    {
        _time = time;
        _origin = time.GetTimestamp();
        _timer = time.CreateTimer(_ => ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Instant Now => new(_time.GetElapsedTime(_origin).Ticks + TimeSpan.TicksPerSecond);

    /// <summary>Sets the timer where the deadline has changed. One caller at a time.</summary>
    public void Set(Instant deadline)
    {
        if (deadline == _set)
        {
            return;
        }

        _set = deadline;
        var wait = deadline == Instant.Never ? Timeout.InfiniteTimeSpan : RoundUp(deadline - Now);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The timer has rung: the next <see cref="Set"/> arms it even for the same deadline.</summary>
    public void Rang() => _set = Instant.Never;

    public void Dispose() => _timer.Dispose();

    // The system's timers count whole milliseconds and round down: a deadline met too early would be met twice.
    private static TimeSpan RoundUp(TimeSpan wait) =>
        wait <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(wait.TotalMilliseconds), int.MaxValue));
}
