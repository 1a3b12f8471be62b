using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>A check towards a port that was guessed: no pair before something comes back.</summary>
internal sealed class Guess(BaseEndpoint local, Endpoint remote, GuessRhythm rhythm)
{
    private int _sent;

    public BaseEndpoint Local { get; } = local;

    public Endpoint Remote { get; } = remote;

    /// <summary>The request, the same in each repeat.</summary>
    public SentCheck Check { get; set; }

    public Instant NextAt { get; private set; } = Instant.Never;

    /// <summary>How the packet that is due leaves.</summary>
    public byte TimeToLive => _sent <= rhythm.Openers ? rhythm.OpenerTimeToLive : (byte)0;

    /// <summary>When an answer to the last packet may be waited for no longer; never while packets are still to leave.</summary>
    public Instant OverAt { get; private set; } = Instant.Never;

    /// <summary>A packet leaves now.</summary>
    public void NoteSent(Instant now)
    {
        var first = _sent == 0 ? now : Check.At;
        NextAt = _sent < rhythm.Repeats.Count ? first + rhythm.Repeats[_sent] : Instant.Never;
        OverAt = NextAt == Instant.Never ? now + Guesses.AnswerPatience : Instant.Never;
        _sent++;
        Check = _sent > 1 ? Check with { IsRepeated = true } : Check;
    }
}
