using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning;

/// <summary>Flows between the same two hosts to the same port.</summary>
public sealed record FlowGroup
{
    // A number of 128 bits here, and nothing that reads groups could be compiled before it runs: learning goes through all of them often.
    private readonly ulong _firstHigh, _firstLow, _lastHigh, _lastLow;
    private readonly IpVersion _version;

    /// <summary>See <see cref="LogNames"/>: unsaid and empty are two things.</summary>
    public required ushort In { get; init; }

    /// <summary>See <see cref="In"/>.</summary>
    public required ushort Out { get; init; }

    public required string InInterface { get; init; }

    public required string OutInterface { get; init; }

    public required IpVersion Version { get; init; }

    public required IpProtocol Protocol { get; init; }

    public byte IcmpType { get; init; }

    public required IPAddress Source { get; init; }

    /// <summary>Null where there were too many to tell apart.</summary>
    public required IPAddress? Destination { get; init; }

    /// <summary>From the lowest to the highest of them.</summary>
    public required AddressRange Destinations
    {
        get => new(_version, new(_firstHigh, _firstLow), new(_lastHigh, _lastLow));
        init => (_version, _firstHigh, _firstLow, _lastHigh, _lastLow) =
            (value.Version, (ulong)(value.First >> 64), (ulong)value.First, (ulong)(value.Last >> 64), (ulong)value.Last);
    }

    /// <summary>Those that were seen.</summary>
    public required PortSet SourcePorts { get; init; }

    /// <summary>One, or those that were seen where there were too many to tell apart.</summary>
    public required PortSet DestinationPorts { get; init; }

    /// <summary>False where there were too many hosts or ports to keep them all.</summary>
    public required bool IsExact { get; init; }

    /// <summary>Of the first of them.</summary>
    public required string Prefix { get; init; }

    public bool? Passed { get; init; }

    /// <summary>How many flows, without repetitions.</summary>
    public required long Count { get; init; }

    public required long Repeats { get; init; }

    /// <summary>As <see cref="Sighting.At"/>; <see cref="Sighting.NoTime"/> where the log does not say.</summary>
    public required long First { get; init; }

    public required long Last { get; init; }

    public bool HasPorts => Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.UdpLite or IpProtocol.Sctp;
}
