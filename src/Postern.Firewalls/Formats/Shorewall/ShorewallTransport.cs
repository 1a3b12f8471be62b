namespace Postern.Firewalls.Formats.Shorewall;

/// <summary>The columns PROTO, DPORT and SPORT.</summary>
internal sealed record ShorewallTransport(string Protocol, string DestinationPorts = "-", string SourcePorts = "-")
{
    /// <summary>Whether it holds a range or a list, which nobody wants to write, or change, in many places.</summary>
    public bool IsLong => (DestinationPorts + SourcePorts).IndexOfAny([':', ',']) >= 0;
}
