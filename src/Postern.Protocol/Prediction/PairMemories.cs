namespace Postern.Protocol.Prediction;

/// <summary>The memories themselves: the latest 256, each for <see cref="PairMemory.Life"/>.</summary>
public sealed class PairMemories : IPairMemories
{
    private const int Most = 256;

    private readonly Dictionary<string, PairMemory> _byPair = [];

    public IReadOnlyCollection<PairMemory> All => _byPair.Values;

    public void Load(IEnumerable<PairMemory> memories)
    {
        var kept = memories.OrderByDescending(memory => memory.LastAt).Take(Most).ToArray();
        _byPair.Clear();
        foreach (var memory in kept)
        {
            _byPair[memory.Pair] = memory;
        }
    }

    public PairMemory? Recall(string pair, DateTimeOffset now)
    {
        Forget(now);
        return _byPair.GetValueOrDefault(pair);
    }

    public void Note(string pair, PairOutcome outcome, DateTimeOffset now)
    {
        Forget(now);
        _byPair[pair] = (_byPair.GetValueOrDefault(pair) ?? new(pair, 0, 0, 0, now)).With(outcome, now);
        if (_byPair.Count > Most)
        {
            _byPair.Remove(_byPair.Values.MinBy(memory => memory.LastAt)!.Pair);
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var old in _byPair.Values.Where(memory => memory.LastAt + PairMemory.Life < now).ToArray())
        {
            _byPair.Remove(old.Pair);
        }
    }
}
