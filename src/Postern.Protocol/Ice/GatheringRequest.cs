using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Ice;

/// <summary>One host's question to one server, and its repetition as a refresh.</summary>
internal sealed class GatheringRequest(Endpoint host, ushort localPreference, Endpoint server)
{
    private StunRetransmission _retransmission;

    public Endpoint Host { get; } = host;

    public ushort LocalPreference { get; } = localPreference;

    public Endpoint Server { get; } = server;

    public TransactionId Id { get; private set; }

    public Instant SentAt { get; private set; }

    public bool IsStarted { get; private set; }

    public bool IsActive { get; private set; }

    /// <summary>The first question is over: answered, or given up.</summary>
    public bool IsSettled { get; private set; }

    public Instant NextRefresh { get; set; } = Instant.Never;

    public bool IsRepeated => _retransmission.Transmissions > 1;

    public Instant NextDeadline => IsActive ? _retransmission.NextDeadline : NextRefresh;

    public void Begin(TransactionId id, GatheringOptions options, Instant now)
    {
        Id = id;
        SentAt = now;
        IsStarted = IsActive = true;
        NextRefresh = Instant.Never;
        _retransmission = new(now, options.Rto, options.Transmissions, options.LastWait);
    }

    /// <summary>True when the request is to leave now; where it is given up instead, <paramref name="expired"/> is true.</summary>
    public bool TryAdvance(Instant now, out bool expired)
    {
        expired = false;
        if (!IsActive)
        {
            return false;
        }

        var due = _retransmission.TryAdvance(now);
        expired = _retransmission.IsExpired;
        return due;
    }

    public void Settle()
    {
        IsActive = false;
        IsSettled = true;
    }
}
