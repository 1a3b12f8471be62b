using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Catalogue;

/// <summary>A packet that opened a flow, as far as it is known; what is null was not seen.</summary>
public sealed record FlowQuery
{
    public IpProtocol? Protocol { get; init; }

    public ushort? SourcePort { get; init; }

    public ushort? DestinationPort { get; init; }

    public byte? IcmpType { get; init; }

    public IPAddress? Destination { get; init; }

    /// <summary>Only weighs: what is outgoing for a client is incoming for the server.</summary>
    public FlowDirection? Direction { get; init; }
}
