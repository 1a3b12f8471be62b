using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>One type-length-value parameter of a chunk (RFC 9260 §3.2.1): a view without padding.</summary>
public readonly ref struct Parameter(ReadOnlySpan<byte> whole)
{
    public const int HeaderSize = 4;

    public ReadOnlySpan<byte> Whole { get; } = whole;

    public SctpParameterType Type => (SctpParameterType)BinaryPrimitives.ReadUInt16BigEndian(Whole);

    public ReadOnlySpan<byte> Value => Whole[HeaderSize..];

    /// <summary>RFC 9260 §3.2.1: the highest bit of an unknown type says whether the parameters behind it are still read.</summary>
    public bool IsSkippedWhenUnknown => (Whole[0] & 0x80) != 0;

    /// <summary>RFC 9260 §3.2.1: the second bit of an unknown type says whether it is reported.</summary>
    public bool IsReportedWhenUnknown => (Whole[0] & 0x40) != 0;
}
