namespace Postern.Protocol.Prediction;

/// <summary>What worked between networks, so that it is tried first next time.</summary>
public interface IPairMemories
{
    /// <summary>Null where nothing is known, or nothing recent.</summary>
    PairMemory? Recall(string pair, DateTimeOffset now);

    /// <param name="pair">See <see cref="PairMemory.KeyOf"/>.</param>
    /// <param name="predicted">A predicted port carries the data.</param>
    /// <param name="direct">A direct path does.</param>
    /// <param name="now">The wall clock.</param>
    void Note(string pair, bool predicted, bool direct, DateTimeOffset now);
}
