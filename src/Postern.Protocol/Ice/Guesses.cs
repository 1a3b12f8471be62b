using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Ice;

/// <summary>
/// Checks towards guessed ports, as many as the budget allows: each costs a new destination port, so they leave in the order of
/// their odds, and none takes part in the check list before it is answered.
/// </summary>
internal sealed class Guesses(AgentState state)
{
    /// <summary>The longest round trip for which an answer is waited.</summary>
    public static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(1);

    private const int MostWaiting = 1024;

    private readonly Queue<Guess> _waiting = new();
    private readonly List<Guess> _underWay = [];
    private readonly HashSet<(Endpoint Local, Endpoint Remote)> _asked = [];
    private readonly HashSet<(Endpoint Local, Endpoint Remote)> _opened = [];
    private Instant _nextFirst = Instant.Zero;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>Whether one is still to be asked, or may still answer.</summary>
    public bool AreUnderWay => _waiting.Count > 0 || _underWay.Count > 0;

    /// <summary>What was asked through no hole that stood already: a socket of a fan was found through its own.</summary>
    public IReadOnlyCollection<(Endpoint Local, Endpoint Remote)> Opened => _opened;

    public void Add(BaseEndpoint local, IEnumerable<Endpoint> remotes, GuessRhythm rhythm, Instant now)
    {
        foreach (var remote in remotes)
        {
            if (UnwelcomePorts.Contains(remote.Port) || _waiting.Count == MostWaiting || _underWay.Count >= MostWaiting || IsAsked(local, remote) || state.List.Find(local.Address, remote, state.Current) is not null)
            {
                state.Stats.TurnedAway++;
                continue;
            }

            _waiting.Enqueue(new(local, remote, rhythm));
        }

        NextDeadline = Instant.Min(NextDeadline, now);
    }

    /// <summary>Nothing more leaves, and no answer is waited for; a check that comes from a guessed port is known by it all the same.</summary>
    public void Stop()
    {
        _waiting.Clear();
        _underWay.Clear();
        NextDeadline = Instant.Never;
    }

    /// <summary>Whether this was ever guessed.</summary>
    public bool Knows(Endpoint local, Endpoint remote) => _asked.Contains((local, remote));

    /// <summary>Whether its answer is waited for.</summary>
    public bool IsAsking(Endpoint local, Endpoint remote) => _underWay.Exists(guess => guess.Remote == remote && guess.Local.Address == local);

    public void Advance(Instant now)
    {
        for (var i = _underWay.Count - 1; i >= 0; i--)
        {
            if (_underWay[i].OverAt <= now)
            {
                _underWay.RemoveAt(i);
            }
        }

        foreach (var guess in _underWay)
        {
            if (guess.NextAt <= now)
            {
                Send(guess, now);
            }
        }

        while (_waiting.Count > 0 && _nextFirst <= now && state.Current.Remote is not null)
        {
            Begin(now);
        }

        Schedule();
    }

    /// <summary>The guess that this answers.</summary>
    public Guess? Take(TransactionId id, Endpoint source, Endpoint destination)
    {
        var at = _underWay.FindIndex(guess => guess.Check.Id == id && guess.Remote == source && guess.Local.Address == destination);
        if (at < 0)
        {
            return null;
        }

        var found = _underWay[at];
        _underWay.RemoveAt(at);
        return found;
    }

    /// <summary>Once more would only be more packets: a hole that comes late is met by the repeats.</summary>
    private bool IsAsked(BaseEndpoint local, Endpoint remote) =>
        _waiting.Any(guess => guess.Remote == remote && guess.Local == local) || IsAsking(local.Address, remote);

    private void Begin(Instant now)
    {
        var guess = _waiting.Peek();
        var opens = !guess.Local.IsFan || state.Options.Allowance?.IsPaid(guess.Remote) != true;
        if (state.Options.Allowance is { } allowance && !allowance.TrySpend(guess.Remote, now, out var retryAt))
        {
            _nextFirst = retryAt;
            return;
        }

        _waiting.Dequeue();
        guess.Check = state.DrawCheck(now);
        _underWay.Add(guess);
        _asked.Add((guess.Local.Address, guess.Remote));
        if (opens)
        {
            _opened.Add((guess.Local.Address, guess.Remote));
        }

        state.Stats.GuessesMade++;
        Send(guess, now);
    }

    private void Send(Guess guess, Instant now)
    {
        guess.NoteSent(now);
        state.Stats.RequestsSent++;
        state.Stats.GuessPackets++;
        state.Stats.Retransmissions += guess.Check.IsRepeated ? 1 : 0;
        state.Stats.TurnedAway += state.Outbox.TryAdd(new()
        {
            Kind = OutgoingKind.Request,
            Source = guess.Local.Address,
            Destination = guess.Remote,
            Generation = state.Current,
            Check = guess.Check,
            Priority = guess.Local.CheckPriority,
            TimeToLive = guess.TimeToLive,
        }) ? 0 : 1;
    }

    private void Schedule()
    {
        NextDeadline = _waiting.Count > 0 && state.Current.Remote is not null ? _nextFirst : Instant.Never;
        foreach (var guess in _underWay)
        {
            NextDeadline = Instant.Min(NextDeadline, Instant.Min(guess.NextAt, guess.OverAt));
        }
    }
}
