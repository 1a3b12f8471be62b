using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>What became of one pair: a line of the ConnectReport.</summary>
/// <param name="Path">Its ends; their types as far as they are known.</param>
/// <param name="State">RFC 8445 §6.1.2.6.</param>
/// <param name="Failure">Why it does not carry data.</param>
/// <param name="Priority">RFC 8445 §6.1.2.3.</param>
/// <param name="RequestsSent">Checks of every purpose, repeats and openers included.</param>
/// <param name="RequestsReceived">The peer's verified checks on this pair.</param>
/// <param name="ResponsesReceived">Verified success responses.</param>
/// <param name="FirstSent">Never where no check was sent.</param>
/// <param name="FirstValid">When a check was first answered; never where none was.</param>
/// <param name="IsNominated">By whichever side controls.</param>
/// <param name="Hold">What keeps its first check from leaving.</param>
public sealed record PairReport(
    IcePath Path,
    PairState State,
    PairFailure Failure,
    ulong Priority,
    long RequestsSent,
    long RequestsReceived,
    long ResponsesReceived,
    Instant FirstSent,
    Instant FirstValid,
    bool IsNominated,
    PairHold Hold);
