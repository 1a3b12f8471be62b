using Postern.Lab.Boxes;
using Postern.Lab.Packets;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Routing;

/// <summary>
/// The simulator's gateway for packets that are bytes: a box, and beyond it a link in each direction. It has no device and no
/// clock: who drives it hands packets in, and takes them from the sink. Nothing is allocated per packet.
/// </summary>
public sealed class PacketGateway
{
    private readonly IBox _box;
    private readonly Link _up;
    private readonly Link _down;
    private readonly IPacketSink _sink;
    private readonly IRouterTap? _tap;
    private readonly int _kernelHops;
    private readonly ParkedPackets _parked = new();
    private readonly FragmentTable<FragmentFate> _fragments = new();
    private readonly byte[] _answer = new byte[Answer.MaximumLength];

    /// <param name="box">What stands between the sides.</param>
    /// <param name="up">From inside to outside, beyond the box.</param>
    /// <param name="down">From outside to inside, before the box.</param>
    /// <param name="sink">Takes what leaves.</param>
    /// <param name="kernelHops">By how much the kernel lowers the time to live on the way from a cable to this gateway, and again on the way back.</param>
    /// <param name="tap">Sees what passes.</param>
    public PacketGateway(IBox box, Link up, Link down, IPacketSink sink, int kernelHops = 0, IRouterTap? tap = null) =>
        (_box, _up, _down, _sink, _kernelHops, _tap) = (box, up, down, sink, kernelHops, tap);

    public GatewayStats Stats { get; } = new();

    public Instant NextDeadline => Instant.Min(_parked.NextDeadline, _box.NextDeadline);

    /// <summary>A packet from the inner side; its bytes may be changed.</summary>
    public void FromInside(Span<byte> packet, Instant now)
    {
        Stats.FromInside++;
        if (!TryRead(RouterSide.Inner, ref packet, now, out var header, out var shape))
        {
            return;
        }

        var before = header;
        var passage = Judge(isOutbound: true, ref header, shape, now);
        See(RouterSide.Inner, isArriving: true, packet, shape, before, passage.Reason, now);
        switch (passage.Kind)
        {
            case PassageKind.Passed:
                Carry(_up, packet, shape, before, header, now);
                break;
            case PassageKind.TurnedRound:
                Stats.TurnedRound++;
                Send(RouterSide.Inner, packet, shape, header, now);
                break;
            default:
                Refuse(RouterSide.Inner, passage, packet, shape, before, header, now);
                break;
        }

        Tell();
    }

    /// <summary>A packet from the outer side; its bytes may be changed.</summary>
    public void FromOutside(Span<byte> packet, Instant now)
    {
        Stats.FromOutside++;
        if (TryRead(RouterSide.Outer, ref packet, now, out var header, out var shape))
        {
            Carry(_down, packet, shape, header, header, now);
        }
    }

    public void HandleDeadline(Instant now)
    {
        while (_parked.TryTake(now, out var packet, out var isUp))
        {
            if (!isUp)
            {
                Arrive(packet, now);
            }
            else if (IpPacket.TryRead(packet, out var header, out var shape) == PacketFault.None)
            {
                Send(RouterSide.Outer, packet, shape, header, now);
            }
        }

        if (_box.NextDeadline <= now)
        {
            _box.HandleDeadline(now);
        }

        Tell();
    }

    private bool TryRead(RouterSide side, ref Span<byte> packet, Instant now, out PacketHeader header, out PacketShape shape)
    {
        if (IpPacket.TryRead(packet, out header, out shape) == PacketFault.None)
        {
            packet = packet[..shape.Length];
            header.TimeToLive = (byte)Math.Min(byte.MaxValue, header.TimeToLive + _kernelHops);
            return true;
        }

        Stats.Count(DropReason.Unreadable);
        if (_tap is { IsWatched: true } && IsForAHost(packet))
        {
            _tap.See(side, isArriving: true, packet, DropReason.Unreadable, now);
        }

        return false;
    }

    // What the kernel says to all neighbours on the device (RFC 4861, RFC 9777) is no traffic of anybody's.
    private static bool IsForAHost(ReadOnlySpan<byte> packet) => packet.Length >= 25 && !(packet[0] >> 4 == 6 && packet[24] == 0xFF);

    /// <summary>The box's verdict; of a later fragment, that on the first one.</summary>
    private Passage Judge(bool isOutbound, ref PacketHeader header, in PacketShape shape, Instant now)
    {
        if (shape.IsLaterFragment)
        {
            return FragmentFate.Follow(_fragments, ref header, shape, now);
        }

        var before = header;
        var passage = isOutbound ? _box.Outbound(ref header, now) : _box.Inbound(ref header, now);
        if (shape.IsFirstFragment)
        {
            _fragments.Note(before, shape, new(passage, header.Source.Address, header.Destination.Address), now);
        }

        return passage;
    }

    /// <summary>Over the link: lost, refused, at once, later, or twice.</summary>
    private void Carry(Link link, Span<byte> packet, in PacketShape shape, in PacketHeader before, PacketHeader header, Instant now)
    {
        var isUp = link == _up;
        var hops = link.Rules.Hops;
        var (arrival, copy) = (Instant.Never, Instant.Never);
        var reason = header.TimeToLive <= hops ? DropReason.TimeExceeded : link.Carry(packet.Length, now, out arrival, out copy);
        if (reason != DropReason.None)
        {
            Lose(isUp, packet, shape, before, reason, now);
            return;
        }

        header.TimeToLive -= (byte)hops;
        if (arrival > now || copy != Instant.Never)
        {
            IpPacket.Write(packet, shape, header);
            Park(packet, arrival, isUp);
            Park(packet, copy, isUp);
        }
        else if (isUp)
        {
            Send(RouterSide.Outer, packet, shape, header, now);
        }
        else
        {
            IpPacket.Write(packet, shape, header);
            Arrive(packet, now);
        }
    }

    private void Park(ReadOnlySpan<byte> packet, Instant arrival, bool isUp)
    {
        if (arrival != Instant.Never && !_parked.TryAdd(packet, arrival, isUp))
        {
            Stats.Count(DropReason.QueueFull);
        }
    }

    /// <summary>At the end of the link from outside: the box's turn.</summary>
    private void Arrive(Span<byte> packet, Instant now)
    {
        if (IpPacket.TryRead(packet, out var header, out var shape) != PacketFault.None)
        {
            return; // it could be read when it came
        }

        var before = header;
        var passage = Judge(isOutbound: false, ref header, shape, now);
        See(RouterSide.Outer, isArriving: true, packet, shape, before, passage.Reason, now);
        if (passage.Kind == PassageKind.Passed)
        {
            Send(RouterSide.Inner, packet, shape, header, now);
        }
        else
        {
            Refuse(RouterSide.Outer, passage, packet, shape, before, header, now);
        }

        Tell();
    }

    private void Lose(bool isUp, Span<byte> packet, in PacketShape shape, in PacketHeader before, DropReason reason, Instant now)
    {
        var side = isUp ? RouterSide.Inner : RouterSide.Outer;
        Stats.Count(reason);
        See(side, isArriving: true, packet, shape, before, reason, now);
        if (before.Transport != Transport.IcmpError && !shape.IsLaterFragment && reason is DropReason.TimeExceeded or DropReason.TooBig)
        {
            var kind = reason == DropReason.TooBig ? IcmpErrorKind.PacketTooBig : IcmpErrorKind.TimeExceeded;
            Reply(side, before.Refusal(Reporter(before), kind), packet, isUp ? _up.Rules.Mtu : _down.Rules.Mtu, now);
        }
    }

    // A router on the link has no name here: the box that stands at its end speaks for it.
    private IpAddress Reporter(in PacketHeader header)
    {
        foreach (var address in _box.OuterAddresses)
        {
            if (address.IsV4 == header.Source.IsV4)
            {
                return address;
            }
        }

        return header.Destination.Address;
    }

    private void Refuse(RouterSide side, Passage passage, Span<byte> packet, in PacketShape shape, in PacketHeader before, in PacketHeader answer, Instant now)
    {
        Stats.Count(passage.Reason);
        if (passage.Kind == PassageKind.Answered && !shape.IsLaterFragment)
        {
            IpPacket.Write(packet, shape, before); // the quote shows the packet as it arrived
            Reply(side, answer, packet, 0, now);
        }
    }

    private void Reply(RouterSide side, in PacketHeader answer, ReadOnlySpan<byte> original, int mtu, Instant now)
    {
        Stats.Answered++;
        var packet = _answer.AsSpan(0, Answer.Write(answer, original, mtu, _answer));
        if (IpPacket.TryRead(packet, out var header, out var shape) != PacketFault.None)
        {
            return; // about a packet whose headers do not fit into a quote
        }

        if (side == RouterSide.Inner)
        {
            Send(side, packet, shape, header, now);
        }
        else
        {
            Carry(_up, packet, shape, header, header, now);
        }
    }

    private void Send(RouterSide side, Span<byte> packet, in PacketShape shape, PacketHeader header, Instant now)
    {
        See(side, isArriving: false, packet, shape, header, DropReason.None, now);
        header.TimeToLive = (byte)Math.Min(byte.MaxValue, header.TimeToLive + _kernelHops);
        IpPacket.Write(packet, shape, header);
        Stats.Sent++;
        _sink.Send(side, packet);
    }

    private void See(RouterSide side, bool isArriving, Span<byte> packet, in PacketShape shape, in PacketHeader header, DropReason reason, Instant now)
    {
        if (_tap is { IsWatched: true })
        {
            IpPacket.Write(packet, shape, header); // with the time to live that it has on the cable
            _tap.See(side, isArriving, packet, reason, now);
        }
    }

    private void Tell()
    {
        if (_tap is null)
        {
            return;
        }

        _box.IsTraced = _tap.IsWatched;
        while (_box.TryTakeEvent(out var happened))
        {
            _tap.Tell(happened);
        }
    }
}
