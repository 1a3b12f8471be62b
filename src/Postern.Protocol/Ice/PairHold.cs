namespace Postern.Protocol.Ice;

/// <summary>What keeps a pair's first check from leaving.</summary>
public enum PairHold : byte
{
    /// <summary>Nothing but its turn, or it has left.</summary>
    None,

    /// <summary>The budget is wanted for guessed ports: see <see cref="IceAgent.HoldBack"/>.</summary>
    Prediction,

    /// <summary>It leads from our relay to the peer's own address, from where a check has to come first.</summary>
    Answer,

    /// <summary>The peer names a port that is never opened from here (<see cref="Probing.UnwelcomePorts"/>): a check has to come from there first.</summary>
    Unwelcome,

    /// <summary>The budget had nothing for the new port that it opens.</summary>
    Budget,
}
