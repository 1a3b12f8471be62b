using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator;

/// <summary>A computer in the world.</summary>
public interface IHost
{
    /// <summary>Under which it can be reached in its own network.</summary>
    IReadOnlyList<IpAddress> Addresses { get; }

    Instant NextDeadline { get; }

    void HandlePacket(Packet packet, Instant now);

    void HandleDeadline(Instant now);
}
