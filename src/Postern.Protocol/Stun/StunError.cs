namespace Postern.Protocol.Stun;

/// <summary>Why bytes are no STUN message; <see cref="None"/> where they are one.</summary>
public enum StunError : byte
{
    None,

    /// <summary>Shorter than the header of 20 bytes.</summary>
    TooShort,

    /// <summary>The two leading bits are not zero: another protocol (RFC 7983).</summary>
    NotStun,

    /// <summary>The length field disagrees with the datagram or is no multiple of 4.</summary>
    BadLength,

    /// <summary>An attribute reaches past the end of the message.</summary>
    BadAttribute,

    /// <summary>FINGERPRINT is wrong, or something follows it (RFC 8489 §14.7).</summary>
    BadFingerprint,
}
