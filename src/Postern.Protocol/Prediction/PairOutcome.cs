namespace Postern.Protocol.Prediction;

/// <summary>What came of one call between two networks.</summary>
/// <param name="Method">What the plan had.</param>
/// <param name="IsPredicted">It made the call direct.</param>
/// <param name="IsDirect">Some direct path came, in whichever way.</param>
/// <param name="After">How long that way took, from its beginning; of no meaning where none came.</param>
/// <param name="HasWaited">The plan gave another way time before it began.</param>
public sealed record PairOutcome(PredictionMethod Method, bool IsPredicted, bool IsDirect, TimeSpan After = default, bool HasWaited = false)
{
    /// <summary>That made it direct, or else that was tried.</summary>
    public string Way => IsDirect && !IsPredicted ? MethodMemory.Ordinary : MethodMemory.NameOf(Method);

    /// <summary>A path without prediction had its time, and did not come.</summary>
    public bool FailsOrdinary => !IsDirect || (IsPredicted && HasWaited);
}
