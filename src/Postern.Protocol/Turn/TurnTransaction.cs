using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>One request on its way: its bytes, its clock, and what may not happen to it twice.</summary>
internal sealed class TurnTransaction(TurnRequest request, TransactionId id, byte[] bytes, int signedUnder, StunRetransmission clock)
{
    private StunRetransmission _clock = clock;

    public TurnRequest Request { get; } = request;

    public TransactionId Id { get; } = id;

    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>The credential's generation; 0 where the request is not signed.</summary>
    public int SignedUnder { get; } = signedUnder;

    public bool IsSigned => SignedUnder != 0;

    /// <summary>It is due to leave.</summary>
    public bool IsDue { get; set; }

    /// <summary>A signed predecessor was answered by 401 in another realm.</summary>
    public bool WasChallenged { get; init; }

    /// <summary>A predecessor was answered by 438.</summary>
    public bool WasStale { get; init; }

    /// <summary>
    /// The code of an error that nobody signed: it is not believed (RFC 8489 §9.2.5), but named as the reason if nothing better comes.
    /// </summary>
    public int UnsignedError { get; set; }

    public Instant NextDeadline => _clock.NextDeadline;

    public bool IsExpired => _clock.IsExpired;

    public void HandleDeadline(Instant now) => IsDue |= _clock.TryAdvance(now);
}
