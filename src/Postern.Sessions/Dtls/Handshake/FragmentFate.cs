namespace Postern.Sessions.Dtls.Handshake;

/// <summary>What became of a fragment.</summary>
internal enum FragmentFate : byte
{
    Kept,

    /// <summary>Too large, too far ahead, or weaker than what is there.</summary>
    Dropped,

    /// <summary>Of a message that was handled.</summary>
    Old,

    /// <summary>The end of the message that was handled last: the peer repeats its flight.</summary>
    Repeated,
}
