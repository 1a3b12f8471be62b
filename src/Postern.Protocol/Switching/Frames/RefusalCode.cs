using System.Text.Json.Serialization;

namespace Postern.Protocol.Switching.Frames;

/// <summary>Why the switchboard refuses. Those up to <see cref="ServerFull"/> end the connection, the others only the request.</summary>
[JsonConverter(typeof(KebabEnum<RefusalCode>))]
public enum RefusalCode : byte
{
    /// <summary>A code of a later version.</summary>
    Unknown,

    /// <summary>The frame is too large, binary, not JSON or no record of this protocol.</summary>
    Malformed,

    /// <summary>A frame at the wrong time, such as a signal before the login.</summary>
    OutOfPlace,

    /// <summary>A protocol version that this switchboard does not speak.</summary>
    Version,

    /// <summary>The host that the client dialled is none of this switchboard's.</summary>
    WrongHost,

    /// <summary>The name belongs to another key.</summary>
    WrongKey,

    /// <summary>The signature under the challenge is wrong.</summary>
    BadProof,

    /// <summary>The name is built in, or only an invitation gives names here.</summary>
    NameReserved,

    /// <summary>Too many names were claimed, from this address or in all.</summary>
    TooManyNames,

    /// <summary>More frames or bytes a second than allowed.</summary>
    TooFast,

    /// <summary>The login was not finished, or nothing was heard, in time.</summary>
    TooSlow,

    /// <summary>Too many connections from this address.</summary>
    TooManyConnections,

    /// <summary>Too many connections in all.</summary>
    ServerFull,

    /// <summary>The name is known, but nobody is there under it.</summary>
    PeerOffline,

    /// <summary>Nobody has ever claimed the name.</summary>
    NoSuchName,

    /// <summary>The peer's queue is full: it takes no more before it acknowledges.</summary>
    QueueFull,

    /// <summary>The request is about a name with which there is no session.</summary>
    NotInConversation,

    /// <summary>This name has opened too many sessions.</summary>
    TooManySessions,

    /// <summary>This switchboard gives no TURN credentials, or not so often.</summary>
    NoRelay,
}
