namespace Postern.Lab.Schedules;

/// <summary>What a script waits for.</summary>
/// <param name="AtMost">How long.</param>
/// <param name="Until">What ends the waiting before; null for nothing.</param>
internal readonly record struct Pause(TimeSpan AtMost, Func<bool>? Until = null)
{
    public static Pause Milliseconds(double milliseconds) => new(TimeSpan.FromMilliseconds(milliseconds));

    public static Pause Seconds(double seconds) => new(TimeSpan.FromSeconds(seconds));
}
