using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>What happened inside a box, beside the fate of single packets.</summary>
public abstract record BoxEvent(Instant At)
{
    public sealed record MappingMade(Instant At, Transport Transport, Endpoint Inner, Endpoint Outer, Endpoint Remote) : BoxEvent(At);

    /// <param name="At">When.</param>
    /// <param name="Transport">Its transport.</param>
    /// <param name="Inner">Its inner endpoint.</param>
    /// <param name="Outer">Its outer endpoint.</param>
    /// <param name="Reason">"expired", "closed", "evicted" or "forgotten".</param>
    public sealed record MappingGone(Instant At, Transport Transport, Endpoint Inner, Endpoint Outer, string Reason) : BoxEvent(At);

    /// <param name="At">When.</param>
    /// <param name="Guard">Which detector, by its name.</param>
    /// <param name="Source">Whom it takes for a scanner.</param>
    /// <param name="BannedUntil">Until when it drops what comes from there; null where it only raises the alarm.</param>
    public sealed record AlarmRaised(Instant At, string Guard, IpAddress Source, Instant? BannedUntil) : BoxEvent(At);
}
