namespace Postern.Protocol.Ice;

/// <summary>Why a pair does not, or no longer, carry data.</summary>
public enum PairFailure : byte
{
    None,

    /// <summary>No check was answered (RFC 8445 §7.2.5.2.3).</summary>
    Unanswered,

    /// <summary>The response came from or to another address than the check's (RFC 8445 §7.2.5.2.1).</summary>
    AsymmetricResponse,

    /// <summary>The peer answered with an error.</summary>
    ErrorResponse,

    /// <summary>The peer refused our credentials (its 401 or 400 cannot be verified, and is only a hint).</summary>
    CredentialsRefused,

    /// <summary>It worked and then fell silent while others did not.</summary>
    Silence,

    /// <summary>It worked, but no consent check was answered for 30 s (RFC 7675 §5.1).</summary>
    ConsentExpired,

    /// <summary>It worked and was let go, since better ones are held.</summary>
    Released,

    /// <summary>The keeper of our own side's firewall does not want direct ways.</summary>
    Prohibited,

    /// <summary>Its local socket or its generation is gone, or better pairs needed the room.</summary>
    Removed,
}
