using System.Diagnostics.CodeAnalysis;
using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>What stands between an inner network and the next one outside: a NAT or a firewall. A machine without I/O.</summary>
public interface IBox
{
    /// <summary>The addresses under which it stands in the outer network; empty for one that translates nothing.</summary>
    IReadOnlyList<IpAddress> OuterAddresses { get; }

    /// <summary>When it next forgets something; <see cref="Instant.Never"/> when it has nothing to forget.</summary>
    Instant NextDeadline { get; }

    /// <summary>Whether events are kept for <see cref="TryTakeEvent"/>; else the box only works.</summary>
    bool IsTraced { get; set; }

    /// <summary>A packet from inside on its way out.</summary>
    Passage Outbound(ref PacketHeader header, Instant now);

    /// <summary>A packet from outside on its way in.</summary>
    Passage Inbound(ref PacketHeader header, Instant now);

    void HandleDeadline(Instant now);

    /// <summary>Takes the oldest event; false when there is none.</summary>
    bool TryTakeEvent([NotNullWhen(true)] out BoxEvent? happened);
}
