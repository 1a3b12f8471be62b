namespace Postern.Protocol.PortMapping;

/// <summary>Whether a gateway gives mappings.</summary>
public enum MappingPresence : byte
{
    /// <summary>Nothing came back.</summary>
    Silent,

    /// <summary>It answers and gave a mapping, which was given back.</summary>
    Present,

    /// <summary>It is there and says no, or says nothing to a request for a mapping.</summary>
    Refused,

    /// <summary>The port is closed, or the gateway speaks the other protocol.</summary>
    Absent,
}
