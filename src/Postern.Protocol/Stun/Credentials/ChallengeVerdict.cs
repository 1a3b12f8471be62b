namespace Postern.Protocol.Stun.Credentials;

/// <summary>What a client makes of a 401 or 438.</summary>
public enum ChallengeVerdict
{
    /// <summary>Something was learnt: send the request again, signed, under a new transaction id.</summary>
    Retry,

    /// <summary>The credentials were refused, or the server repeats itself: give up.</summary>
    Refused,

    /// <summary>Malformed or tampered with: as if it had never arrived.</summary>
    Ignored,
}
