namespace Postern.Lab.Grid.Ladders;

/// <summary>What a packet is, as far as its first bytes tell.</summary>
public enum LadderKind : byte
{
    /// <summary>Something else.</summary>
    Other,

    /// <summary>Signalling over TCP.</summary>
    Signal,

    /// <summary>A STUN request between peers, or to a STUN server.</summary>
    Check,

    /// <summary>A STUN request that is meant to open a hole and to die on the way.</summary>
    Opener,

    /// <summary>A STUN answer.</summary>
    Answer,

    /// <summary>A request to the relay or its answer.</summary>
    Turn,

    /// <summary>A check or an answer inside the relay's wrapping.</summary>
    RelayedCheck,

    /// <summary>A DTLS handshake inside the relay's wrapping.</summary>
    RelayedHandshake,

    /// <summary>Encrypted data inside the relay's wrapping.</summary>
    RelayedData,

    /// <summary>DTLS handshake.</summary>
    Handshake,

    /// <summary>Encrypted data.</summary>
    Data,

    /// <summary>An ICMP error.</summary>
    Refusal,
}
