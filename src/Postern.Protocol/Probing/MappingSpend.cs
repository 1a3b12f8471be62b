using Postern.Protocol.Net;

namespace Postern.Protocol.Probing;

/// <summary>Mappings that were made in our own NAT.</summary>
/// <param name="Target">Towards which address, as in <see cref="ProbeSpend.Target"/>.</param>
/// <param name="Count">How many.</param>
/// <param name="At">When.</param>
public readonly record struct MappingSpend(ulong Target, int Count, Instant At);
