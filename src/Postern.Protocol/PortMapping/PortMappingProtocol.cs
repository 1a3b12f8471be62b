namespace Postern.Protocol.PortMapping;

/// <summary>How a gateway is asked for a mapping over UDP port 5351.</summary>
public enum PortMappingProtocol : byte
{
    /// <summary>RFC 6886.</summary>
    NatPmp = 0,

    /// <summary>RFC 6887; the value is its version number.</summary>
    Pcp = 2,
}
