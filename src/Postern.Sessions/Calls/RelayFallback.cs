using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Turn;

namespace Postern.Sessions.Calls;

/// <summary>
/// When the relay is to be reached over a stream: where UDP is blocked, while it does not answer, and when the path in use falls
/// silent; and when no more, since data has found another way.
/// </summary>
internal sealed class RelayFallback(RelayLegs legs, IceAgent agent)
{
    /// <summary>
    /// The first two requests to a relay leave at 0 and 250 ms, the third at 750 ms: by then two were lost, or the way there and back
    /// takes longer than a satellite's. A stream takes some three ways there and back more, so there is no point in waiting longer.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(750);

    /// <summary>So long data must have taken another way before the stream is given up: twice as long as consent takes to be asked for again.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);

    private RelayServer? _server;
    private State _state;
    private int _failures;
    private Instant _restUntil = Instant.Zero;
    private Instant _elsewhereSince = Instant.Never;

    public enum Step
    {
        None,
        Ask,
        GiveBack,
    }

    private enum State
    {
        Idle,
        Asked,
        Open,
    }

    public bool IsOffered => _server is not null;

    /// <summary>What the stream leads to.</summary>
    public Endpoint Server => Relay.StreamEnd(_server!.Server.Address);

    /// <summary>The allocation over the stream; null where there is none.</summary>
    public TurnAllocation? Leg { get; private set; }

    /// <summary>Whether it is asked for, and has not failed yet.</summary>
    public bool IsPending => _state == State.Asked && _failures == 0;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>Another grant replaces the last; of one grant's servers the first counts.</summary>
    public void Use(RelayServer server)
    {
        if (server.OffersStream && server.Username != _server?.Username)
        {
            _server = server;
        }
    }

    /// <summary>False where it was not asked for, or is not any more.</summary>
    public bool TryOpen(Endpoint local, Instant now)
    {
        if (_state != State.Asked)
        {
            return false;
        }

        _state = State.Open;
        Leg = legs.AddStream(_server!, local, now);
        return true;
    }

    /// <summary>
    /// It is over: another is asked for after a rest, if there is still a need; a longer one after each failure. False where there was none.
    /// </summary>
    public bool End(bool isFailure, Instant now)
    {
        var wasAsked = _state != State.Idle;
        if (Leg is { } leg)
        {
            _failures = leg.Relayed != Endpoint.None ? 0 : _failures;
            legs.Remove(leg);
        }

        var rest = FirstRest * Math.Pow(2, Math.Min(_failures, 8));
        _failures += isFailure ? 1 : 0;
        _restUntil = now + (rest < LongestRest ? rest : LongestRest);
        (_state, Leg, _elsewhereSince) = (State.Idle, null, Instant.Never);
        return wasAsked;
    }

    /// <summary>What is to be done now; to be called whenever anything may have changed.</summary>
    public Step Advance(bool isBlocked, Instant now)
    {
        NextDeadline = Instant.Never;
        if (_server is null)
        {
            return Step.None;
        }

        if (_state == State.Idle)
        {
            return IsWanted(isBlocked, now) ? Begin() : Step.None;
        }

        return IsDispensable(now) ? Step.GiveBack : Step.None;
    }

    private Step Begin()
    {
        _state = State.Asked;
        return Step.Ask;
    }

    private bool IsWanted(bool isBlocked, Instant now)
    {
        var wantedAt = WantedAt(isBlocked, now);
        wantedAt = wantedAt == Instant.Never ? wantedAt : Instant.Max(wantedAt, _restUntil);
        NextDeadline = wantedAt;
        return wantedAt <= now;
    }

    private Instant WantedAt(bool isBlocked, Instant now) =>
        IsAlive(now) ? Instant.Never
        : agent.SelectedPath is not null || agent.HadPath ? now // it worked, and is silent or gone
        : legs.HasAnswered ? Instant.Never
        : isBlocked || legs.Pending == 0 ? now
        : legs.HeardLast + Patience;

    /// <summary>Not open yet, it is not needed once UDP does it; open, once data has taken another way for a while.</summary>
    private bool IsDispensable(Instant now)
    {
        var isElsewhere = IsAlive(now) && agent.SelectedPath!.Value.Local != (Leg?.Relayed ?? Endpoint.None);
        if (_state == State.Asked)
        {
            return isElsewhere || (!agent.HadPath && legs.HasAnswered);
        }

        _elsewhereSince = isElsewhere ? Instant.Min(_elsewhereSince, now) : Instant.Never;
        NextDeadline = isElsewhere ? _elsewhereSince + Settled : Instant.Never;
        return isElsewhere && NextDeadline <= now;
    }

    private bool IsAlive(Instant now) => agent.SelectedPath is not null && !agent.IsPathSilent(now);
}
