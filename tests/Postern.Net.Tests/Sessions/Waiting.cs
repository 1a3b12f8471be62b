using System.Diagnostics;

namespace Postern.Net.Tests.Sessions;

/// <summary>Waits for what must come, with a bound.</summary>
internal static class Waiting
{
    public static void Until(Func<bool> condition, double seconds, Func<string> what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started).TotalSeconds > seconds)
            {
                Assert.Fail($"Not within {seconds} s: {what()}");
            }

            Thread.Sleep(50);
        }
    }
}
