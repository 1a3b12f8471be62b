namespace Postern.Sessions.Calls;

/// <summary>Who called.</summary>
public enum CallRole : byte
{
    /// <summary>Makes the offer; ICE's controlling agent, DTLS's server.</summary>
    Caller,

    /// <summary>Answers it; ICE's controlled agent, DTLS's client, so that its first flight leaves with the first valid pair.</summary>
    Callee,
}
