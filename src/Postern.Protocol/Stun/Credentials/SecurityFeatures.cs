namespace Postern.Protocol.Stun.Credentials;

/// <summary>What a server says of itself inside its nonces (RFC 8489 §18.1): 24 bits, bit 0 is the leftmost.</summary>
[Flags]
public enum SecurityFeatures
{
    None = 0,

    /// <summary>Bit 0: PASSWORD-ALGORITHMS is sent; a challenge without it was tampered with.</summary>
    PasswordAlgorithms = 1 << 23,

    /// <summary>Bit 1: USERHASH is understood.</summary>
    UserAnonymity = 1 << 22,
}
