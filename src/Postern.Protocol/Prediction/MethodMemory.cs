namespace Postern.Protocol.Prediction;

/// <summary>What came of one way to a direct path between two networks.</summary>
/// <param name="Method">The name of a <see cref="PredictionMethod"/>, or <see cref="Ordinary"/>; a name of a later version is kept as it is.</param>
/// <param name="Worked">Calls that it made direct.</param>
/// <param name="Failed">Calls in which it was tried in vain, since it last worked.</param>
/// <param name="Milliseconds">How long it took from its beginning, the latest weighing half.</param>
public sealed record MethodMemory(string Method, int Worked, int Failed, double Milliseconds)
{
    /// <summary>A direct path without prediction: a host's address, or a hole at the port that a server saw.</summary>
    public const string Ordinary = "Ordinary";

    private const int Longest = 32;
    private const int MostCounted = 1_000_000;

    public static string NameOf(PredictionMethod method) => method.ToString();

    /// <summary>What a file says may be anything.</summary>
    public bool IsSound => Method is { Length: > 0 and <= Longest } && Worked is >= 0 and <= MostCounted && Failed is >= 0 and <= MostCounted && Milliseconds is >= 0 and <= MostCounted;

    public MethodMemory WithSuccess(TimeSpan after)
    {
        var latest = Math.Clamp(after.TotalMilliseconds, 0, MostCounted);
        return this with { Worked = Math.Min(Worked + 1, MostCounted), Failed = 0, Milliseconds = Math.Round(Worked == 0 ? latest : (Milliseconds + latest) / 2, 1) };
    }

    public MethodMemory WithFailure() => this with { Failed = Math.Min(Failed + 1, MostCounted) };
}
