namespace Postern.Firewalls.Rules;

/// <summary>A box of packets of one family and protocol: everything between two corners.</summary>
/// <param name="Rule">The rule that is about them; null for a default.</param>
/// <param name="Verdict">What becomes of them.</param>
/// <param name="Layer">Boxes of one layer hide each other in their order; layers know nothing of each other.</param>
/// <param name="Source">Source addresses.</param>
/// <param name="Destination">Destination addresses.</param>
/// <param name="SourcePort">Source ports; 0 alone where there are none.</param>
/// <param name="DestinationPort">Destination ports; the types of ICMP; 0 alone where there are neither.</param>
/// <param name="SamePort">Only the packets whose two ports are the same.</param>
internal sealed record PacketBox(
    Rule? Rule, Verdict Verdict, int Layer, Span128 Source, Span128 Destination, Span128 SourcePort, Span128 DestinationPort, bool SamePort);
