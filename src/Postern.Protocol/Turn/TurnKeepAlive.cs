using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>Holds the NAT's mapping towards the server: a Binding indication after each period in which nothing was sent.</summary>
internal struct TurnKeepAlive(TimeSpan period)
{
    private bool _wasSent;
    private bool _isDue;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    public void Start(Instant now)
    {
        NextDeadline = period > TimeSpan.Zero ? now + period : Instant.Never;
        _wasSent = false;
    }

    public void Stop()
    {
        NextDeadline = Instant.Never;
        _isDue = false;
    }

    /// <summary>Something else left for the server.</summary>
    public void Sent() => _wasSent = true;

    public void HandleDeadline(Instant now)
    {
        if (NextDeadline <= now)
        {
            _isDue = !_wasSent;
            _wasSent = false;
            NextDeadline = now + period;
        }
    }

    /// <summary>The indication itself does not count as sent: the next one follows after one period, not two.</summary>
    public bool TryTransmit(Span<byte> buffer, IRandom random, out int length)
    {
        length = 0;
        if (!_isDue)
        {
            return false;
        }

        _isDue = false;
        var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Binding, TransactionId.Draw(random));
        writer.AddFingerprint();
        length = writer.Length;
        return true;
    }
}
