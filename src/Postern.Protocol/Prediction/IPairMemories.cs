namespace Postern.Protocol.Prediction;

/// <summary>What worked between networks, so that it is tried first next time.</summary>
public interface IPairMemories
{
    /// <summary>Null where nothing is known, or nothing recent.</summary>
    PairMemory? Recall(string pair, DateTimeOffset now);

    /// <param name="pair">See <see cref="PairMemory.KeyOf"/>.</param>
    /// <param name="outcome">What came of a call that had a plan.</param>
    /// <param name="now">The wall clock.</param>
    void Note(string pair, PairOutcome outcome, DateTimeOffset now);
}
