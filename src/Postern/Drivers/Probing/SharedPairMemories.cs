using System.Text.Json;
using Postern.Protocol.Prediction;

namespace Postern.Drivers.Probing;

/// <summary>
/// What worked between networks, in a file that all processes of a user share, or in memory where there is no folder. It names no
/// address: <see cref="PairMemory.KeyOf"/>. What cannot be read or written is forgotten; nothing depends on it but a little time.
/// </summary>
internal sealed class SharedPairMemories : IPairMemories
{
    public const string FileName = "pairs.json";

    private const int MostBytes = 1 << 18;
    private const int KeyLength = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly PairMemories _memories = new();
    private readonly string? _file;
    private readonly FileGate? _turn;

    /// <param name="folder">Where the file lies; null keeps what is known in memory.</param>
    public SharedPairMemories(string? folder)
    {
        _file = folder is null ? null : Path.Combine(folder, FileName);
        _turn = _file is null ? null : new($"{_file}.lock");
    }

    public PairMemory? Recall(string pair, DateTimeOffset now)
    {
        lock (_gate)
        {
            Load(now);
            return _memories.Recall(pair, now);
        }
    }

    public void Note(string pair, PairOutcome outcome, DateTimeOffset now)
    {
        lock (_gate)
        {
            try
            {
                using var turn = _turn?.TryEnter(Patience);
                Load(now);
                _memories.Note(pair, outcome, now);
                if (turn is not null)
                {
                    StateFiles.Replace(_file!, JsonSerializer.SerializeToUtf8Bytes(_memories.All));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _memories.Note(pair, outcome, now); // then this process alone remembers
            }
        }
    }

    private void Load(DateTimeOffset now)
    {
        try
        {
            if (_file is not null && StateFiles.Read(_file, MostBytes) is { } bytes)
            {
                var read = JsonSerializer.Deserialize<PairMemory?[]>(bytes) ?? [];
                _memories.Load(read.OfType<PairMemory>().Where(memory => IsSound(memory, now)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            // what this process knows stays
        }
    }

    private static bool IsSound(PairMemory memory, DateTimeOffset now) =>
        memory is { Pair.Length: KeyLength, Predicted: >= 0, Otherwise: >= 0, Failed: >= 0 } && memory.LastAt <= now + TimeSpan.FromMinutes(1);
}
