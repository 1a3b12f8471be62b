using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Hosts;

/// <summary>The first packet of a flow, to be asked about; what is null is not known.</summary>
/// <param name="Hook">"input", "forward" or "output".</param>
/// <param name="In">The interface that it comes in by.</param>
/// <param name="Out">The interface that it goes out by.</param>
public sealed record HostFlow(
    string Hook, IpVersion Version, string? In, string? Out, IpProtocol Protocol, IPAddress? Source, IPAddress? Destination, ushort? SourcePort, ushort? DestinationPort);
