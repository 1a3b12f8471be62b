namespace Postern.Sessions.Sctp;

/// <summary>One chunk of a packet (RFC 9260 §3.2): a view without padding.</summary>
public readonly ref struct Chunk(ReadOnlySpan<byte> whole)
{
    public const int HeaderSize = 4;

    /// <summary>Header and value.</summary>
    public ReadOnlySpan<byte> Whole { get; } = whole;

    public SctpChunkType Type => (SctpChunkType)Whole[0];

    public byte Flags => Whole[1];

    public ReadOnlySpan<byte> Value => Whole[HeaderSize..];

    /// <summary>RFC 9260 §3.2: the highest bit of an unknown type says whether the chunks behind it are still read.</summary>
    public bool IsSkippedWhenUnknown => (Whole[0] & 0x80) != 0;

    /// <summary>RFC 9260 §3.2: the second bit of an unknown type says whether it is reported.</summary>
    public bool IsReportedWhenUnknown => (Whole[0] & 0x40) != 0;
}
