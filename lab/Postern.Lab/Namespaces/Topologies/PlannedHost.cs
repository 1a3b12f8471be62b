using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Topologies;

/// <summary>A host with its addresses.</summary>
/// <param name="Name">In the topology.</param>
/// <param name="Network">The network that it is in; null for the internet.</param>
/// <param name="Addresses">IPv4, the first of which it sends from.</param>
/// <param name="Address6">IPv6.</param>
public sealed record PlannedHost(string Name, PlannedNetwork? Network, IReadOnlyList<IpAddress> Addresses, IpAddress Address6);
