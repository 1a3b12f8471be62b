using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Protocol.Prediction;

/// <summary>
/// What a standard agent is told beyond the ordinary: it asks every candidate at once and repeats it, so that its own network must
/// see no scan. The best guesses go first.
/// </summary>
public sealed class ForeignCandidates(Action<Candidate> tell)
{
    /// <summary>design, "How a session comes to be", 4: at most 8 within 3.1 s and 14 in all, ordinary candidates included.</summary>
    public const int Most = 14;

    private const int PerSpell = 8;

    private static readonly TimeSpan Spell = TimeSpan.FromSeconds(3.1);

    private readonly Queue<Candidate> _waiting = new();
    private readonly List<Instant> _told = [];

    /// <summary>How many more may be told.</summary>
    public int Left => Most - _told.Count - _waiting.Count;

    public Instant NextDeadline => _waiting.Count == 0 ? Instant.Never : _told.Count < PerSpell ? Instant.Zero : _told[^PerSpell] + Spell;

    /// <summary>An ordinary one was told.</summary>
    public void Note(Instant now) => _told.Add(now);

    /// <summary>A predicted one; those that are one too many are passed over, and those that nobody is to be sent to.</summary>
    public void Add(Candidate candidate)
    {
        if (Left > 0 && !UnwelcomePorts.Contains(candidate.Address.Port))
        {
            _waiting.Enqueue(candidate);
        }
    }

    public void Advance(Instant now)
    {
        while (NextDeadline <= now)
        {
            _told.Add(now);
            tell(_waiting.Dequeue());
        }
    }
}
