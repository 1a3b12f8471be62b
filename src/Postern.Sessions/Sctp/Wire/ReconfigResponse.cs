using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>The Re-configuration Response parameter (RFC 6525 §4.4).</summary>
/// <param name="Sequence">The sequence number of the request that is answered.</param>
/// <param name="Result">How it went.</param>
public readonly record struct ReconfigResponse(uint Sequence, ReconfigResult Result)
{
    public const int Size = Parameter.HeaderSize + 8;

    public static bool TryRead(in Parameter parameter, out ReconfigResponse response)
    {
        response = default;
        if (parameter.Value.Length < 8)
        {
            return false;
        }

        response = new(
            BinaryPrimitives.ReadUInt32BigEndian(parameter.Value), (ReconfigResult)BinaryPrimitives.ReadUInt32BigEndian(parameter.Value[4..]));
        return true;
    }

    public void Write(Span<byte> buffer)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)SctpParameterType.ReconfigResponse);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], Size);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], (uint)Result);
    }
}
