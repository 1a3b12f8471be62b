namespace Postern.Protocol.Switching.Frames;

/// <summary>Why bytes are no frame; <see cref="None"/> where they are one.</summary>
public enum FrameError : byte
{
    None,

    /// <summary>More than <see cref="FrameLimits.FrameBytes"/>.</summary>
    TooLarge,

    /// <summary>A binary WebSocket message, or bytes that are not UTF-8.</summary>
    NotText,

    /// <summary>Not JSON (RFC 8259), or not an object.</summary>
    NotJson,

    /// <summary>Deeper than <see cref="FrameLimits.Depth"/>.</summary>
    TooDeep,

    /// <summary>A text longer than <see cref="FrameLimits.TextBytes"/>.</summary>
    TextTooLong,

    /// <summary>More than <see cref="FrameLimits.Values"/> values.</summary>
    TooManyValues,

    /// <summary>JSON, but no record of this protocol: an unknown type, or a field missing, doubled or of the wrong kind.</summary>
    NotARecord,

    /// <summary>A record with a field whose content is out of its rule.</summary>
    BadField,
}
