using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Catalogue;

/// <summary>One kind of flow of an application: who starts it towards whom, over what. Answers belong to it and are not named.</summary>
public sealed record Flow
{
    /// <summary>Unique in its application; lower case, digits and hyphens.</summary>
    public required string Id { get; init; }

    /// <summary>The role that starts it.</summary>
    public required string From { get; init; }

    /// <summary>The role that it is started towards; the words "broadcast" and "multicast" stand for groups, "anywhere" for any host.</summary>
    public required string To { get; init; }

    /// <summary>One or more of tcp, udp, sctp, icmp, icmp6, igmp, gre, esp, ah; what the flow really uses.</summary>
    public required IReadOnlyList<IpProtocol> Protocols { get; init; }

    public PortExpression SourcePorts { get; init; } = PortExpression.Anything;

    public PortExpression DestinationPorts { get; init; } = PortExpression.Anything;

    /// <summary>Source and destination port are the same number ("to=from" in the sources).</summary>
    public bool SamePort { get; init; }

    /// <summary>Of ICMP and ICMPv6; null for every type.</summary>
    public byte? IcmpType { get; init; }

    /// <summary>Group or host addresses where they are part of the protocol (239.255.255.250); null otherwise.</summary>
    public AddressSet? Addresses { get; init; }

    /// <summary>Host names where the vendor names them; a firewall of addresses cannot use them.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    public FlowNeed Need { get; init; }

    /// <summary>What it is for, in plain words.</summary>
    public required string Why { get; init; }

    /// <summary>When it is needed; empty for always.</summary>
    public string Condition { get; init; } = "";

    public FlowConfidence Confidence { get; init; }

    /// <summary>What the source said by the letter, where that differs from what is right; null otherwise.</summary>
    public string? Stated { get; init; }

    /// <summary>Where this flow's facts are from; empty for the application's sources.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>False where nothing uses it any more though the application lives.</summary>
    public bool IsAlive { get; init; } = true;

    /// <summary>Connection-tracking helper that opens what follows (ftp, irc, sip, netbios-ns …); null for none.</summary>
    public string? Helper { get; init; }

    /// <summary>Datagrams larger than a packet: fragments must pass.</summary>
    public bool Fragments { get; init; }

    /// <summary>Addresses or ports travel inside the payload: a NAT must understand it or be told.</summary>
    public bool PayloadAddress { get; init; }
}
