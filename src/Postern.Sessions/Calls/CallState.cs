namespace Postern.Sessions.Calls;

/// <summary>How far a call has come.</summary>
public enum CallState : byte
{
    /// <summary>Gathering and checking.</summary>
    Connecting,

    /// <summary>DTLS has verified the other side and data flows.</summary>
    Connected,

    /// <summary>Ended, in good order or not.</summary>
    Closed,
}
