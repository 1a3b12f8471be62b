namespace Postern.Protocol.Ice;

/// <summary>Why data goes another way now.</summary>
public enum PathChangeReason : byte
{
    /// <summary>The first pair that validated.</summary>
    FirstValid,

    /// <summary>A pair of higher priority validated.</summary>
    Better,

    /// <summary>The controlling peer wants it.</summary>
    Nominated,

    /// <summary>The former pair fell silent.</summary>
    Silence,

    /// <summary>The former pair's consent expired (RFC 7675 §5.1).</summary>
    ConsentExpired,

    /// <summary>The former pair's socket or allocation is gone.</summary>
    Removed,

    /// <summary>The first pair of a new generation validated (RFC 8445 §9).</summary>
    Restarted,
}
