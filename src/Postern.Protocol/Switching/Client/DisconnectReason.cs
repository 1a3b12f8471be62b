namespace Postern.Protocol.Switching.Client;

/// <summary>Why a client is not connected to its switchboard.</summary>
public enum DisconnectReason : byte
{
    /// <summary>The stream could not be opened.</summary>
    Unreachable,

    /// <summary>The stream ended.</summary>
    Closed,

    /// <summary>Nothing was heard for too long.</summary>
    Silent,

    /// <summary>The switchboard stops.</summary>
    Stopping,

    /// <summary>The switchboard refused; the sentence is its own.</summary>
    Refused,

    /// <summary>The same name and key logged in from another program. There is no next attempt.</summary>
    Replaced,

    /// <summary>The switchboard's key is not the pinned one, or it could not prove that it holds it. There is no next attempt.</summary>
    WrongServer,

    /// <summary>What came was no frame, or one at the wrong time.</summary>
    Malformed,

    /// <summary>The user's own wish. There is no next attempt.</summary>
    Stopped,
}
