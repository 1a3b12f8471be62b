using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Stun.Credentials;

namespace Postern.Protocol.Turn;

/// <summary>The requests that a client has under way; few at any time. Over a stream, which has no first timeout, each is sent once.</summary>
internal sealed class TurnTransactions(IRandom random, TimeSpan? rto)
{
    private const int MaximumRequest = 2048;

    // RFC 8489 §6.2.1 waits 39.5 s; for a release three transmissions are courtesy enough.
    private const int ReleaseTransmissions = 3;
    private const int ReleasePatience = 2;

    private readonly List<TurnTransaction> _open = [];

    public Instant NextDeadline
    {
        get
        {
            var next = Instant.Never;
            foreach (var transaction in _open)
            {
                next = Instant.Min(next, transaction.NextDeadline);
            }

            return next;
        }
    }

    /// <summary>Starts a request, signed where there is a signer; it leaves with the next drain.</summary>
    public void Start(TurnRequest request, LongTermCredential? signer, Instant now, bool wasChallenged = false, bool wasStale = false)
    {
        var id = TransactionId.Draw(random);
        Span<byte> buffer = stackalloc byte[MaximumRequest];
        var length = request.Write(buffer, id, signer);
        var clock = rto is not { } first ? StunRetransmission.OverStream(now)
            : request.IsRelease ? new(now, first, ReleaseTransmissions, ReleasePatience)
            : new StunRetransmission(now, first);
        var transaction = new TurnTransaction(request, id, buffer[..length].ToArray(), signer?.Generation ?? 0, clock)
        {
            WasChallenged = wasChallenged,
            WasStale = wasStale,
        };
        transaction.HandleDeadline(now);
        _open.Add(transaction);
    }

    public TurnTransaction? Find(TransactionId id)
    {
        foreach (var transaction in _open)
        {
            if (transaction.Id == id)
            {
                return transaction;
            }
        }

        return null;
    }

    public void End(TurnTransaction transaction) => _open.Remove(transaction);

    public void Clear() => _open.Clear();

    /// <summary>Runs the clocks; returns one that was given up, which is then no longer open. Call until null.</summary>
    public TurnTransaction? HandleDeadline(Instant now)
    {
        foreach (var transaction in _open)
        {
            transaction.HandleDeadline(now);
            if (transaction.IsExpired)
            {
                _open.Remove(transaction);
                return transaction;
            }
        }

        return null;
    }

    public bool TryTransmit(Span<byte> buffer, out int length)
    {
        foreach (var transaction in _open)
        {
            if (transaction.IsDue)
            {
                transaction.IsDue = false;
                transaction.Bytes.CopyTo(buffer);
                length = transaction.Bytes.Length;
                return true;
            }
        }

        length = 0;
        return false;
    }
}
