namespace Postern.Firewalls.Learning.Captures;

/// <summary>Is given every packet of a capture: the sighting means something where the kind is <see cref="LineKind.Flow"/>.</summary>
internal delegate void PacketHandler(LineKind kind, in Sighting sighting);
