namespace Postern.Firewalls.Formats.Shorewall;

/// <summary>The columns PROTO, DPORT and SPORT.</summary>
internal sealed record ShorewallTransport(string Protocol, string DestinationPorts = "-", string SourcePorts = "-")
{
    /// <summary>Whether it holds a range or a list, which nobody wants to write, or change, in many places.</summary>
    public bool IsLong => (DestinationPorts + SourcePorts).IndexOfAny([':', ',']) >= 0;

    /// <summary>
    /// The source port as a list. Where lines differ in one destination port alone, Shorewall 5.2.8 makes one of them (OPTIMIZE 16)
    /// and loses their source port, so that any would pass; of a list it does not.
    /// </summary>
    public ShorewallTransport Guarded() => this with { SourcePorts = SourcePorts == "-" ? "-" : $"{SourcePorts},{SourcePorts.Split(':')[0]}" };

    /// <summary>Whether Shorewall makes one line of both, and loses the source port.</summary>
    public bool IsMergedWith(ShorewallTransport other) => Protocol == other.Protocol && SourcePorts == other.SourcePorts && DestinationPorts != other.DestinationPorts
        && !(SourcePorts + DestinationPorts + other.DestinationPorts).Contains(',', StringComparison.Ordinal);
}
