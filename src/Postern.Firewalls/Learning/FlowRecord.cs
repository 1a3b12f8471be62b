using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning;

/// <summary>One line of a log, or one packet of a capture, that opens a flow.</summary>
public sealed record FlowRecord
{
    /// <summary>When; null where the line does not say, or not in which year.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The interface that it came in by; empty where the firewall itself sent it or the line does not say.</summary>
    public string InInterface { get; init; } = "";

    /// <summary>The interface that it left by; empty where it was meant for the firewall itself or the line does not say.</summary>
    public string OutInterface { get; init; } = "";

    public required IpProtocol Protocol { get; init; }

    public required IPAddress Source { get; init; }

    public required IPAddress Destination { get; init; }

    /// <summary>0 where the protocol has no ports.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>0 where the protocol has no ports.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>Of ICMP and ICMPv6.</summary>
    public byte IcmpType { get; init; }

    /// <summary>What the rule that logged it wrote before the line; empty where nothing.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Whether the firewall let it through; null where the line does not say.</summary>
    public bool? Passed { get; init; }
}
