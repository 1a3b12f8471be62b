using Postern.Lab.Boxes;
using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator;

/// <summary>The way between two networks: a box, and beyond it a link.</summary>
public sealed class Gateway
{
    private readonly World _world;
    private readonly Network _outer;

    internal Gateway(World world, Network outer, string name, IBox box, Link up, Link down)
    {
        (_world, _outer, Box, Up, Down) = (world, outer, box, up, down);
        Name = $"{name}|{outer.Name}";
        Inner = new(world, name, this);
    }

    public Network Inner { get; }

    /// <summary>"inner|outer", after the networks that it joins.</summary>
    public string Name { get; }

    /// <summary>May be exchanged, as when a router is replaced.</summary>
    public IBox Box { get; set; }

    /// <summary>Towards the outer network.</summary>
    public Link Up { get; }

    /// <summary>From the outer network.</summary>
    public Link Down { get; }

    /// <summary>Whether a packet in the outer network to that address is for this gateway: its own, or one inside that nothing translates.</summary>
    internal bool Owns(IpAddress address) => Box.OuterAddresses.Contains(address) || ((!address.IsV4 || Box.OuterAddresses.Count == 0) && Inner.Owns(address));

    internal void CarryOut(Packet packet)
    {
        var header = packet.Header;
        var passage = Box.Outbound(ref header, _world.Now);
        See(packet, passage, header);
        switch (passage.Kind)
        {
            case PassageKind.Passed:
                Carry(Up, packet with { Header = header }, _outer.Route, lost => Answer(lost, Receive));
                break;
            case PassageKind.TurnedRound:
                Inner.Deliver(packet with { Header = header });
                break;
            case PassageKind.Answered:
                Inner.Deliver(_world.Make(header, default));
                break;
        }
    }

    internal void CarryIn(Packet packet) => Carry(Down, packet, Receive, lost => Answer(lost, _outer.Route));

    private void Receive(Packet packet)
    {
        var header = packet.Header;
        var passage = Box.Inbound(ref header, _world.Now);
        See(packet, passage, header);
        switch (passage.Kind)
        {
            case PassageKind.Passed:
                Inner.Deliver(packet with { Header = header });
                break;
            case PassageKind.Answered:
                Carry(Up, _world.Make(header, default), _outer.Route, _ => { });
                break;
        }
    }

    private void Carry(Link link, Packet packet, Action<Packet> arrived, Action<PacketHeader> refused)
    {
        var header = packet.Header;
        var hops = link.Rules.Hops;
        var (arrival, copy) = (Instant.Never, Instant.Never);
        var reason = header.TimeToLive <= hops ? DropReason.TimeExceeded : link.Carry(packet.Length, _world.Now, out arrival, out copy);
        if (reason != DropReason.None)
        {
            _world.See(Name, SightingKind.Dropped, packet, header, reason);
            if (header.Transport != Transport.IcmpError && reason is DropReason.TimeExceeded or DropReason.TooBig)
            {
                refused(header.Refusal(Reporter(header), reason == DropReason.TooBig ? IcmpErrorKind.PacketTooBig : IcmpErrorKind.TimeExceeded));
            }

            return;
        }

        header.TimeToLive -= (byte)hops;
        var moved = packet with { Header = header };
        _world.At(arrival, () => arrived(moved));
        if (copy != Instant.Never)
        {
            _world.At(copy, () => arrived(moved));
        }
    }

    // A router on the link has no name here: the box that stands at its end speaks for it.
    private IpAddress Reporter(PacketHeader header) =>
        Box.OuterAddresses.FirstOrDefault(address => address.IsV4 == header.Source.IsV4, header.Destination.Address);

    private void Answer(PacketHeader answer, Action<Packet> deliver) => _world.At(Down.Rules.Delay, () => deliver(_world.Make(answer, default)));

    private void See(Packet packet, Passage passage, in PacketHeader header)
    {
        if (_world.Tap is null)
        {
            return;
        }

        var isGone = passage.Kind is PassageKind.Dropped or PassageKind.Answered;
        var kind = isGone ? SightingKind.Dropped : passage.Kind == PassageKind.TurnedRound ? SightingKind.TurnedRound : SightingKind.Passed;
        _world.See(Name, kind, packet, isGone ? packet.Header : header, passage.Reason);
    }
}
