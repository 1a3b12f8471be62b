using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning;

/// <summary>What one line or packet says, as numbers: reading a line allocates nothing. Names are those of a <see cref="LogNames"/>.</summary>
public struct Sighting
{
    /// <summary>The line does not say when.</summary>
    public const long NoTime = long.MinValue;

    /// <summary>Milliseconds since 1970 in UTC; since the start of the system where the log counts so (below a year). See <see cref="LogTime"/>.</summary>
    public long At;

    public UInt128 Source;

    public UInt128 Destination;

    public ushort SourcePort;

    public ushort DestinationPort;

    /// <summary>Where it came in; <see cref="LogNames.Empty"/> where the firewall itself sent it.</summary>
    public ushort In;

    /// <summary>Where it left; <see cref="LogNames.Empty"/> where it was meant for the firewall itself.</summary>
    public ushort Out;

    public ushort Prefix;

    public IpVersion Version;

    public IpProtocol Protocol;

    public byte IcmpType;

    public bool? Passed;

    /// <summary>Nothing said yet.</summary>
    public static Sighting Nothing => new() { At = NoTime };

    /// <summary>Whether an ICMP message asks, rather than answers or complains (IANA, "ICMP Type Numbers", "ICMPv6 type numbers").</summary>
    public readonly bool IcmpAsks => Protocol == IpProtocol.Icmp6
        ? IcmpType is not (< 128 or 129 or 134 or 136 or 137)
        : IcmpType is not (0 or 3 or 4 or 5 or 9 or 11 or 12 or 14 or 16 or 18);

    public readonly FlowRecord Record(LogNames names) => new()
    {
        At = LogTime.IsCalendar(At) ? DateTimeOffset.FromUnixTimeMilliseconds(At) : null,
        InInterface = names[In].Text,
        OutInterface = names[Out].Text,
        Protocol = Protocol,
        Source = AddressRange.Address(Version, Source),
        Destination = AddressRange.Address(Version, Destination),
        SourcePort = SourcePort,
        DestinationPort = DestinationPort,
        IcmpType = IcmpType,
        Prefix = names[Prefix].Text,
        Passed = Passed,
    };
}
