using System.Diagnostics.CodeAnalysis;
using Postern.Lab.Boxes;
using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Tests.Calls;

/// <summary>A firewall before a home that a test can shut to UDP, both ways, and to TCP.</summary>
internal sealed class UdpGate(IBox box) : IBox
{
    public bool IsShut { get; set; }

    public bool IsShutToTcp { get; set; }

    public IReadOnlyList<IpAddress> OuterAddresses => box.OuterAddresses;

    public Instant NextDeadline => box.NextDeadline;

    public bool IsTraced
    {
        get => box.IsTraced;
        set => box.IsTraced = value;
    }

    public Passage Outbound(ref PacketHeader header, Instant now) => Stops(header) ? Passage.Dropped(DropReason.Filtered) : box.Outbound(ref header, now);

    public Passage Inbound(ref PacketHeader header, Instant now) => Stops(header) ? Passage.Dropped(DropReason.Filtered) : box.Inbound(ref header, now);

    public void HandleDeadline(Instant now) => box.HandleDeadline(now);

    public bool TryTakeEvent([NotNullWhen(true)] out BoxEvent? happened) => box.TryTakeEvent(out happened);

    private bool Stops(in PacketHeader header) =>
        (IsShut && header.Transport == Transport.Udp) || (IsShutToTcp && header.Transport == Transport.Tcp);
}
