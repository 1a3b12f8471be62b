using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>What a firewall lets out.</summary>
public sealed record OutgoingRule
{
    public required Transport Protocol { get; init; }

    /// <summary>Destination ports; empty for all.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>Names of hosts of the topology ("proxy", "server"); empty for everybody.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <param name="header">A packet that opens a flow.</param>
    /// <param name="addressOf">The addresses behind a name; empty where nobody has it.</param>
    public bool Lets(in PacketHeader header, Func<string, IReadOnlyList<IpAddress>> addressOf)
    {
        var destination = header.Destination;
        return header.Transport == Protocol
            && (Ports.Count == 0 || Ports.Contains(destination.Port))
            && (To.Count == 0 || To.Any(name => addressOf(name).Contains(destination.Address)));
    }
}
