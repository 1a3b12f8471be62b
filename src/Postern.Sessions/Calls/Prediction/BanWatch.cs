using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>
/// Notices a firewall that takes us for a port scanner: a question from a fresh socket stays unanswered while one from an old
/// socket, whose flow the firewall knows, is answered. Then nothing new is opened for as long as detectors remember.
/// </summary>
internal sealed class BanWatch(PortQuestions questions, SpareSockets sockets, ProbeAllowance allowance, Endpoint old)
{
    /// <summary>xt_psd forgets after 3 s of silence; CrowdSec's and others' bans last a minute, an hour, or longer.</summary>
    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(65), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1)];

    private PortQuestion? _fresh;
    private PortQuestion? _known;
    private int _bans;
    private bool _waitsForSocket;

    /// <summary>When the next look is due; never where there is none.</summary>
    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>The last look found us shut out.</summary>
    public bool IsShutOut { get; private set; }

    /// <summary>The one before had found otherwise.</summary>
    public bool IsNews { get; private set; }

    /// <summary>A look is due, or its answers are.</summary>
    public bool IsToLook => NextDeadline != Instant.Never || _waitsForSocket || _known is not null;

    /// <summary>Looks at this time, once.</summary>
    public void LookAt(Instant when) => (NextDeadline, _waitsForSocket) = (when, false);

    /// <summary>True when a look has ended.</summary>
    public bool Advance(Instant now)
    {
        if (now >= NextDeadline || (_waitsForSocket && sockets.Fresh > 0))
        {
            Look(now);
        }

        if (_fresh is not { IsOver: true } || _known is not { IsOver: true })
        {
            return false;
        }

        var was = IsShutOut;
        IsShutOut = _known.IsAnswered && !_fresh.IsAnswered;
        (_fresh, _known) = (null, null);
        if (IsShutOut)
        {
            var until = now + Waits[Math.Min(_bans++, Waits.Length - 1)];
            allowance.Suspend(until);
            NextDeadline = until;
        }

        IsNews = was != IsShutOut;
        return true;
    }

    private void Look(Instant now)
    {
        NextDeadline = Instant.Never;
        if (sockets.Fresh == 0)
        {
            _waitsForSocket = !sockets.IsExhausted;
            sockets.Want(1, old);
            return; // comes back with the socket
        }

        _waitsForSocket = false;
        _fresh = questions.TryAsk(now);
        _known = questions.Ask(old, now);
    }
}
