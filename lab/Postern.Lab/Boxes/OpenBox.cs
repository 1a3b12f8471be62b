using System.Diagnostics.CodeAnalysis;
using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>A router that lets everything through: a public network.</summary>
public sealed class OpenBox : IBox
{
    public IReadOnlyList<IpAddress> OuterAddresses => [];

    public Instant NextDeadline => Instant.Never;

    public bool IsTraced { get; set; }

    public Passage Outbound(ref PacketHeader header, Instant now) => Hop(ref header);

    public Passage Inbound(ref PacketHeader header, Instant now) => Hop(ref header);

    public void HandleDeadline(Instant now)
    {
    }

    public bool TryTakeEvent([NotNullWhen(true)] out BoxEvent? happened)
    {
        happened = null;
        return false;
    }

    private static Passage Hop(ref PacketHeader header)
    {
        if (header.TimeToLive > 1)
        {
            header.TimeToLive--;
            return Passage.Passed;
        }

        if (header.Transport == Transport.IcmpError)
        {
            return Passage.Dropped(DropReason.TimeExceeded);
        }

        header = header.Refusal(header.Destination.Address, IcmpErrorKind.TimeExceeded);
        return Passage.Answered(DropReason.TimeExceeded);
    }
}
