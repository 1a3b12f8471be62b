using System.Numerics;

namespace Postern.Firewalls.Rules;

/// <summary>Packets that the same boxes are about.</summary>
/// <param name="Boxes">Which, in their order; never none.</param>
/// <param name="Count">How many packets.</param>
internal readonly record struct PacketCell(IReadOnlyList<PacketBox> Boxes, BigInteger Count);
