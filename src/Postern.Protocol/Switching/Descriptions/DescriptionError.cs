namespace Postern.Protocol.Switching.Descriptions;

/// <summary>Why an offer or answer is not to be trusted; <see cref="None"/> where it is.</summary>
public enum DescriptionError : byte
{
    None,

    /// <summary>It is an offer where an answer was wanted, or the reverse.</summary>
    WrongKind,

    /// <summary>It speaks of another session.</summary>
    WrongSession,

    /// <summary>It is not from whom it should be, or not for us.</summary>
    WrongNames,

    /// <summary>It answers another offer than ours.</summary>
    WrongOffer,

    /// <summary>The key is another than the one pinned for this name.</summary>
    WrongKey,

    /// <summary>The signature is missing, or not of this key over this description.</summary>
    BadSignature,

    /// <summary>The offer was seen before.</summary>
    Replayed,

    /// <summary>The offer is too old, or from a clock too far ahead.</summary>
    Stale,
}
