using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Stun.Credentials;

namespace Postern.Protocol.Turn;

/// <summary>
/// A client's requests to one server and what comes of them: retransmission, challenges, who may be believed. What the answers
/// mean is the allocation's matter.
/// </summary>
internal sealed class TurnDialogue(IRandom random, TurnAllocationOptions options)
{
    private readonly LongTermCredential _credential = new(options.Username, options.Password);
    private readonly TurnTransactions _transactions = new(random, options.IsStream ? null : options.Rto);

    /// <summary>The server at present: a 300 may have sent us to another.</summary>
    public Endpoint Server { get; private set; } = options.Server;

    public bool IsChallenged => _credential.IsChallenged;

    public Instant NextDeadline => _transactions.NextDeadline;

    public void Start(TurnRequest request, Instant now) => _transactions.Start(request, Signer, now);

    public void Clear() => _transactions.Clear();

    /// <summary>Goes to another server, which will challenge anew (RFC 8489 §10).</summary>
    public void MoveTo(Endpoint server)
    {
        Server = server;
        _credential.Forget();
    }

    private LongTermCredential? Signer => _credential.IsChallenged ? _credential : null;

    /// <summary>Whether the datagram is a response to one of our requests. Where it settles the request, that is given back.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="source">Its source.</param>
    /// <param name="now">Now.</param>
    /// <param name="settled">The request that has its answer; null while it goes on.</param>
    /// <param name="code">0 for success.</param>
    /// <param name="response">The answer.</param>
    public bool TryHandle(ReadOnlySpan<byte> datagram, Endpoint source, Instant now, out TurnRequest? settled, out int code, out StunMessage response)
    {
        settled = null;
        code = 0;
        if (StunMessage.TryParse(datagram, out response) != StunError.None
            || source != Server
            || response.Class is not (StunClass.Success or StunClass.Error)
            || _transactions.Find(response.TransactionId) is not { } transaction
            || transaction.Request.Method != response.Method)
        {
            return false;
        }

        var isError = response.Class == StunClass.Error;
        if (isError && !response.TryGetErrorCode(out code, out _))
        {
            return true;
        }

        if (isError && code is StunErrorCode.Unauthenticated or StunErrorCode.StaleNonce)
        {
            settled = HandleChallenge(transaction, response, code, now) ? null : transaction.Request;
        }
        else if (transaction.IsSigned && !_credential.Verify(response))
        {
            transaction.UnsignedError = code; // as if it had never arrived (RFC 8489 §9.2.5)
        }
        else
        {
            _transactions.End(transaction);
            settled = transaction.Request;
        }

        return true;
    }

    /// <summary>Runs the clocks; gives back a request that was not answered. Call until false.</summary>
    public bool TryTakeUnanswered(Instant now, [NotNullWhen(true)] out TurnRequest? given, out int code)
    {
        var transaction = _transactions.HandleDeadline(now);
        given = transaction?.Request;
        code = transaction?.UnsignedError ?? 0;
        return given is not null;
    }

    public bool TryTransmit(Span<byte> buffer, out int length) => _transactions.TryTransmit(buffer, out length);

    /// <summary>False where the challenge is the request's end.</summary>
    private bool HandleChallenge(TurnTransaction transaction, in StunMessage response, int code, Instant now)
    {
        var isStale = code == StunErrorCode.StaleNonce;
        var wasBefore = isStale ? transaction.WasStale : transaction.WasChallenged;
        var verdict = wasBefore ? ChallengeVerdict.Refused : _credential.Learn(response, transaction.SignedUnder);
        if (verdict == ChallengeVerdict.Ignored)
        {
            return true;
        }

        _transactions.End(transaction);
        if (verdict == ChallengeVerdict.Retry)
        {
            _transactions.Start(transaction.Request, Signer, now, transaction.WasChallenged || (transaction.IsSigned && !isStale), transaction.WasStale || isStale);
        }

        return verdict == ChallengeVerdict.Retry;
    }
}
