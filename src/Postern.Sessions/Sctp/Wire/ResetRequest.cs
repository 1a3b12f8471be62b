using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>The Outgoing SSN Reset Request parameter (RFC 6525 §4.1).</summary>
public readonly ref struct ResetRequest
{
    public const int FieldsSize = 12;

    private readonly ReadOnlySpan<byte> _value;

    private ResetRequest(ReadOnlySpan<byte> value) => _value = value;

    public uint RequestSequence => BinaryPrimitives.ReadUInt32BigEndian(_value);

    public uint ResponseSequence => BinaryPrimitives.ReadUInt32BigEndian(_value[4..]);

    public uint LastAssignedTsn => BinaryPrimitives.ReadUInt32BigEndian(_value[8..]);

    /// <summary>No streams named means all streams.</summary>
    public int StreamCount => (_value.Length - FieldsSize) / 2;

    public static bool TryRead(in Parameter parameter, out ResetRequest request)
    {
        request = new(parameter.Value);
        return parameter.Value.Length >= FieldsSize;
    }

    public ushort Stream(int index) => BinaryPrimitives.ReadUInt16BigEndian(_value[(FieldsSize + (2 * index))..]);

    /// <summary>Writes the parameter, padded, and returns its length.</summary>
    public static int Write(Span<byte> buffer, uint requestSequence, uint responseSequence, uint lastAssignedTsn, ReadOnlySpan<ushort> streams)
    {
        var length = Parameter.HeaderSize + FieldsSize + (2 * streams.Length);
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)SctpParameterType.OutgoingResetRequest);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)length);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], requestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], responseSequence);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[12..], lastAssignedTsn);
        for (var i = 0; i < streams.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(buffer[(16 + (2 * i))..], streams[i]);
        }

        return length;
    }
}
