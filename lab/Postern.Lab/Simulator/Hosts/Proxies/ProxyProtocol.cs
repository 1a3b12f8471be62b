namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>How a proxy is asked for a connection.</summary>
public enum ProxyProtocol : byte
{
    /// <summary>CONNECT (RFC 9110 §9.3.6).</summary>
    Http,

    /// <summary>SOCKS version 5 without a password (RFC 1928).</summary>
    Socks5,
}
