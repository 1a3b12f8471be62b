namespace Postern.Lab.Simulator.Hosts;

/// <summary>States of a TCP connection (RFC 9293 §3.3.2), as far as they are told apart here.</summary>
public enum TcpState : byte
{
    New,
    SynSent,
    SynReceived,
    Established,
    Closed,
}
