namespace Postern.Protocol.Turn;

/// <summary>What the relay's hot path makes of a datagram.</summary>
public enum RelayVerdict
{
    /// <summary>No data: hand it to <see cref="Relay.HandleDatagram"/>.</summary>
    Control,

    /// <summary>Send what the <see cref="Forward"/> says.</summary>
    Forward,

    /// <summary>Data that nobody may have or send: drop it.</summary>
    Dropped,
}
