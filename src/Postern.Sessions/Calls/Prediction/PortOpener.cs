using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>
/// Opens holes in a NAT that counts its ports, from one socket towards one or several endpoints of the peer, each enclosed by
/// questions to the server in the same instant, whose answers show the hole's own port however busy the NAT is.
/// </summary>
internal sealed class PortOpener
{
    /// <summary>Where the budget makes an opening wait longer than this, what is open is told without it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly Endpoint _socket;
    private readonly PortQuestions _questions;
    private readonly ProbeAllowance _allowance;
    private readonly Queue<Endpoint> _targets;
    private readonly List<Hole> _holes = [];
    private readonly int _step;
    private Instant _nextAt;

    public PortOpener(Endpoint socket, IEnumerable<Endpoint> targets, int step, PortQuestions questions, ProbeAllowance allowance, Instant now)
    {
        (_socket, _step, _questions, _allowance) = (socket, step, questions, allowance);
        _targets = new(targets);
        _nextAt = StartedAt = now;
        Advance(now);
    }

    /// <summary>Whether the budget let it open anything.</summary>
    public bool HasOpened => _holes.Count > 0;

    /// <summary>When the budget may have something again.</summary>
    public Instant RetryAt => _nextAt;

    /// <summary>When the first hole was made.</summary>
    public Instant StartedAt { get; }

    /// <summary>All is opened and its questions are answered or given up.</summary>
    public bool IsDone => _targets.Count == 0 && _holes.TrueForAll(hole => hole.IsKnown);

    public Instant NextDeadline => _targets.Count > 0 ? _nextAt : Instant.Never;

    /// <summary>What is known of the holes; those whose packet took no port are left out.</summary>
    public IReadOnlyList<OpenedPort> Opened()
    {
        var opened = new List<OpenedPort>();
        foreach (var hole in _holes)
        {
            var seen = hole.After?.IsAnswered == true ? hole.After.Mapped : hole.Before?.Mapped ?? Endpoint.None;
            var ports = EnclosedPorts.Between(Answer(hole.Before), Answer(hole.After), _step, hole.IsEnclosed);
            if (seen != Endpoint.None && ports.Count > 0)
            {
                opened.Add(new(hole.Target.ToString(), seen.Address.ToString(), ports));
            }
        }

        return opened;
    }

    public void Advance(Instant now)
    {
        while (_targets.TryPeek(out var target) && _nextAt <= now)
        {
            if (!_allowance.TrySpend(target, now, out _nextAt))
            {
                if (_nextAt - now > Patience)
                {
                    _targets.Clear();
                }

                return;
            }

            Open(_targets.Dequeue(), now);
        }
    }

    private static Endpoint? Answer(PortQuestion? question) => question is { IsAnswered: true } ? question.Mapped : null;

    private void Open(Endpoint target, Instant now)
    {
        var former = _holes.Count > 0 ? _holes[^1].After : null;
        var isEnclosed = former is null || former.AskedAt == now;
        var before = former ?? _questions.TryAsk(now);
        _questions.Knock(_socket, target, PredictionDesk.OpenerTimeToLive);
        _holes.Add(new(target, before, _questions.TryAsk(now), isEnclosed));
    }

    private sealed record Hole(Endpoint Target, PortQuestion? Before, PortQuestion? After, bool IsEnclosed)
    {
        public bool IsKnown => Before is null or { IsOver: true } && After is null or { IsOver: true };
    }
}
