using Postern.Protocol.Net;

namespace Postern.Lab.Predicate.Rehearsals;

/// <summary>A connectivity check from a socket to a candidate of the other side (RFC 8445 §7).</summary>
internal sealed class RehearsedCheck(Endpoint socket, Endpoint target)
{
    public const int MostSent = 7; // RFC 8489 §6.2.1
    private const int Enough = 2; // what a guard shuts out after the first has no second

    public Endpoint Socket => socket;

    public Endpoint Target => target;

    public int Sent { get; set; }

    public int Answers { get; set; }

    /// <summary>Whether it came back, and again a moment later.</summary>
    public bool IsAnswered => Answers >= Enough;

    public bool IsOver => IsAnswered || Sent >= MostSent;
}
