using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>One question to the server from a fresh socket: its answer shows the port that our NAT gave out at that moment.</summary>
internal sealed class PortQuestion(Endpoint socket, TransactionId id, Instant askedAt)
{
    /// <summary>Repeats come from the same socket and so do not move the ports again: a lost packet costs time only.</summary>
    private static readonly TimeSpan[] Repeats = [Ms(80), Ms(200), Ms(400), Ms(800)];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    private int _sent = 1;

    public Endpoint Socket { get; } = socket;

    public TransactionId Id { get; } = id;

    public Instant AskedAt { get; } = askedAt;

    /// <summary>What the server saw; none before it answered.</summary>
    public Endpoint Mapped { get; private set; } = Endpoint.None;

    public bool IsAnswered => Mapped != Endpoint.None;

    public bool IsGivenUp { get; private set; }

    public bool IsOver => IsAnswered || IsGivenUp;

    public Instant NextDeadline => IsOver ? Instant.Never : AskedAt + (_sent <= Repeats.Length ? Repeats[_sent - 1] : Patience);

    public void Answer(Endpoint mapped) => Mapped = mapped;

    /// <summary>True when it is to be repeated now.</summary>
    public bool TryRepeat(Instant now)
    {
        if (now < NextDeadline)
        {
            return false;
        }

        if (_sent > Repeats.Length)
        {
            IsGivenUp = true;
            return false;
        }

        _sent++;
        return true;
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
