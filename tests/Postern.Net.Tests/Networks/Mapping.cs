namespace Postern.Net.Tests.Networks;

/// <summary>How a router maps the sources of its LAN, in the kernel's terms and in those of RFC 4787.</summary>
public enum Mapping
{
    /// <summary><c>masquerade</c>: endpoint-independent in effect, since the source port is kept while it is free.</summary>
    PortPreserving,

    /// <summary><c>masquerade fully-random</c>: a new random port for each destination, address- and port-dependent.</summary>
    FullyRandom,

    /// <summary>No translation: the LAN's addresses are used outside too.</summary>
    None,
}
