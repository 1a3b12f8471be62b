using System.Globalization;
using Postern.Protocol.Prediction;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>What is remembered of two networks, and what is made of it, in a sentence.</summary>
internal static class MemoryWords
{
    /// <param name="memory">Null for none.</param>
    /// <param name="advice">What it says of the plan.</param>
    /// <param name="method">The plan's.</param>
    /// <param name="deference">How long a plan waits.</param>
    public static string Of(PairMemory? memory, PairAdvice advice, PredictionMethod method, TimeSpan deference)
    {
        var known = memory?.Find(MethodMemory.NameOf(method));
        var ordinary = memory?.Find(MethodMemory.Ordinary);
        return advice switch
        {
            PairAdvice.BeginProven => $"Between these networks {method} has worked before{Times(known)}: it begins at once.",
            PairAdvice.Wait => $"Between these networks a path came without {method} before{Times(ordinary)}{(known is { Failed: > 0 } ? $", which failed {known.Failed} times since it last worked" : "")}: it waits {Seconds(deference.TotalMilliseconds)} for one.",
            PairAdvice.Leave => $"Between these networks {method} was tried in vain {known?.Failed ?? memory!.Failed} times, and nothing else has worked: it is left alone.",
            _ when known is { Failed: > 0 } => $"Between these networks {method} was tried in vain before, {(known.Failed == 1 ? "once" : "twice")}.",
            _ => "",
        };
    }

    private static string Times(MethodMemory? known) => known is null ? "" : $" ({known.Worked}×, in {Seconds(known.Milliseconds)})";

    private static string Seconds(double milliseconds) => (milliseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
