namespace Postern.Protocol.Ice;

/// <summary>Where a candidate's address comes from (RFC 8445 §4, §5.1.1).</summary>
public enum CandidateType : byte
{
    Host,

    /// <summary>Our socket as a STUN server saw it.</summary>
    ServerReflexive,

    /// <summary>A socket as the other peer saw it in a connectivity check.</summary>
    PeerReflexive,

    /// <summary>An address on a TURN server.</summary>
    Relayed,
}
