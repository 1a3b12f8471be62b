namespace Postern.Protocol.Stun;

/// <summary>One attribute of a parsed message: its type and its value without padding.</summary>
public readonly ref struct StunField(StunAttributeType type, ReadOnlySpan<byte> value)
{
    public StunAttributeType Type { get; } = type;

    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>RFC 8489 §14: types below 0x8000 must be understood.</summary>
    public bool IsComprehensionRequired => (ushort)Type < 0x8000;
}
