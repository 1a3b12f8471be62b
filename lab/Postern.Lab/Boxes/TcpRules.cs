namespace Postern.Lab.Boxes;

/// <summary>How a NAT or firewall judges TCP segments beyond addresses and ports.</summary>
public sealed record TcpRules
{
    /// <summary>Whether a SYN from outside passes that answers our SYN (simultaneous open, RFC 5382 REQ-2).</summary>
    public bool LetsSynCross { get; init; } = true;

    /// <summary>Whether a SYN/ACK or RST passes that acknowledges something else than our SYN.</summary>
    public bool LetsWrongAckPass { get; init; }

    /// <summary>Whether a segment without SYN opens a mapping from inside (a connection older than the box's memory).</summary>
    public bool PicksUp { get; init; } = true;
}
