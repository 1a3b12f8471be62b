namespace Postern.Protocol.Ice;

/// <summary>How two peers reach each other.</summary>
public enum PathKind : byte
{
    /// <summary>Straight to an address of the other's own: one net, or one of the two is public.</summary>
    Host,

    /// <summary>Through a port that a gateway was asked to map.</summary>
    Mapped,

    /// <summary>Through holes that both punched into their NATs.</summary>
    Punched,

    /// <summary>Punched towards a port that was predicted.</summary>
    Predicted,

    /// <summary>Over TCP, opened from both ends.</summary>
    Tcp,

    /// <summary>Through a relay, on one side or both.</summary>
    Relayed,
}
