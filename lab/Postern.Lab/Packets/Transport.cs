namespace Postern.Lab.Packets;

/// <summary>What an IP packet carries, as far as the laboratory looks.</summary>
public enum Transport : byte
{
    Udp,
    Tcp,

    /// <summary>Echo request and reply; the identifier stands where others have the port of whoever asked (RFC 5508 §3.1).</summary>
    Echo,

    /// <summary>An ICMP error about another packet (RFC 5508 §4).</summary>
    IcmpError,
}
