namespace Postern.Sessions.Sctp;

/// <summary>The payload protocol identifiers of data channels (RFC 8831 §8, RFC 8832 §8.1).</summary>
public static class PayloadProtocol
{
    /// <summary>Data channel establishment: OPEN and ACK.</summary>
    public const uint Dcep = 50;

    public const uint Text = 51;

    /// <summary>Deprecated; read as <see cref="Binary"/>.</summary>
    public const uint BinaryPartial = 52;

    public const uint Binary = 53;

    /// <summary>Deprecated; read as <see cref="Text"/>.</summary>
    public const uint TextPartial = 54;

    /// <summary>One byte that stands for none: SCTP has no empty messages (RFC 8831 §6.6).</summary>
    public const uint TextEmpty = 56;

    /// <summary>One byte that stands for none.</summary>
    public const uint BinaryEmpty = 57;
}
