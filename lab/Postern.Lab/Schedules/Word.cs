namespace Postern.Lab.Schedules;

/// <summary>What a datagram of these programs says.</summary>
internal enum Word : byte
{
    /// <summary>To a server: from which endpoint does this come?</summary>
    Ask,

    /// <summary>The same, to be answered from another address of the server.</summary>
    AskElsewhere,

    /// <summary>A server's answer; the endpoint follows.</summary>
    Told,

    /// <summary>To the other side: is this the way?</summary>
    Probe,

    /// <summary>From one side that has heard a probe: let us use this way.</summary>
    Hello,

    /// <summary>It is the way: a round trip is complete for whoever hears it.</summary>
    Answer,
}
