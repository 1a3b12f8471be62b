using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>One cause inside ERROR or ABORT (RFC 9260 §3.3.10), which has the shape of a parameter.</summary>
public static class ErrorCause
{
    /// <summary>Writes a cause, padded, and returns its length without the padding.</summary>
    public static int Write(Span<byte> buffer, SctpCause cause, ReadOnlySpan<byte> detail)
    {
        InitChunk.WriteParameter(buffer, (SctpParameterType)cause, detail);
        return Parameter.HeaderSize + detail.Length;
    }

    /// <summary>The first cause of an ERROR or ABORT, or <see cref="SctpCause.None"/>.</summary>
    public static SctpCause First(in Chunk chunk) =>
        chunk.Value.Length >= Parameter.HeaderSize ? (SctpCause)BinaryPrimitives.ReadUInt16BigEndian(chunk.Value) : SctpCause.None;
}
