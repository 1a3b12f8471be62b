using Postern.Lab.Boxes;
using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator;

/// <summary>One packet at one place and moment: what a capture there would show.</summary>
/// <param name="At">When.</param>
/// <param name="Place">The network, or the gateway "inner|outer", at which it was seen.</param>
/// <param name="Kind">What happened to it.</param>
/// <param name="Packet">As it arrived there.</param>
/// <param name="Header">As it left; the same where nothing changed it.</param>
/// <param name="Reason">Why it was dropped.</param>
public readonly record struct Sighting(Instant At, string Place, SightingKind Kind, Packet Packet, PacketHeader Header, DropReason Reason);
