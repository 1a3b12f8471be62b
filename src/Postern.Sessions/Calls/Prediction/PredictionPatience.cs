namespace Postern.Sessions.Calls.Prediction;

/// <summary>How long is waited for what.</summary>
internal static class PredictionPatience
{
    /// <summary>The longest plan is over by then: 600 ports at 40 a second, or four rounds with 3.1 s of silence between.</summary>
    public static readonly TimeSpan OfPlan = TimeSpan.FromSeconds(25);

    /// <summary>How long a plan waits where a direct path came without it the last time.</summary>
    public static readonly TimeSpan Deference = TimeSpan.FromSeconds(1.5);
}
