namespace Postern.Protocol.Turn;

/// <summary>Which relayed addresses a client asks for (RFC 8656 §7.1).</summary>
public enum TurnFamily
{
    V4,
    V6,

    /// <summary>Both under one allocation, by ADDITIONAL-ADDRESS-FAMILY.</summary>
    Both,
}
