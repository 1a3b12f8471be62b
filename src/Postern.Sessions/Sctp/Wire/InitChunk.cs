using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>INIT and INIT ACK (RFC 9260 §3.3.2, §3.3.3), which have one shape.</summary>
public readonly ref struct InitChunk
{
    public const int FieldsSize = 16;

    private readonly ReadOnlySpan<byte> _value;

    private InitChunk(ReadOnlySpan<byte> value, PeerParameters peer, ReadOnlySpan<byte> cookie)
    {
        _value = value;
        Peer = peer;
        Cookie = cookie;
    }

    public PeerParameters Peer { get; }

    /// <summary>The state cookie of an INIT ACK; empty where there is none.</summary>
    public ReadOnlySpan<byte> Cookie { get; }

    public ParameterReader Parameters => new(_value[FieldsSize..]);

    /// <summary>
    /// What is wrong with it, or <see cref="SctpCause.None"/>: a zero tag or no streams (RFC 9260 §3.3.2), or a host name
    /// in place of an address (RFC 9260 §3.3.2.1.4).
    /// </summary>
    public static SctpCause TryRead(in Chunk chunk, out InitChunk init)
    {
        init = default;
        var value = chunk.Value;
        if (value.Length < FieldsSize)
        {
            return SctpCause.InvalidMandatoryParameter;
        }

        var peer = ReadFields(value);
        var cause = ReadParameters(value[FieldsSize..], ref peer, out var cookie);
        init = new(value, peer, cookie);
        return cause != SctpCause.None ? cause
            : peer.Tag == 0 || peer.OutboundStreams == 0 || peer.InboundStreams == 0 ? SctpCause.InvalidMandatoryParameter
            : SctpCause.None;
    }

    /// <summary>Whether a parameter has a meaning here, even that of being ignored (addresses mean nothing over DTLS, RFC 8261 §6.1).</summary>
    public static bool IsKnown(SctpParameterType type) => Enum.IsDefined(type);

    /// <summary>Writes a whole chunk, header included and padded, and returns its length.</summary>
    public static int Write(Span<byte> buffer, SctpChunkType type, in PeerParameters self, ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> unrecognized)
    {
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], self.Tag);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], self.Window);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[12..], self.OutboundStreams);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[14..], self.InboundStreams);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[16..], self.InitialTsn);
        var length = Chunk.HeaderSize + FieldsSize;
        if (!cookie.IsEmpty)
        {
            length += WriteParameter(buffer[length..], SctpParameterType.StateCookie, cookie);
        }

        length += WriteParameter(buffer[length..], SctpParameterType.ForwardTsnSupported, default);
        length += WriteParameter(
            buffer[length..], SctpParameterType.SupportedExtensions, [(byte)SctpChunkType.Reconfig, (byte)SctpChunkType.ForwardTsn]);
        unrecognized.CopyTo(buffer[length..]);
        length += unrecognized.Length;
        var unpadded = unrecognized.IsEmpty ? length - 2 : length; // the last parameter's padding is not counted (RFC 9260 §3.2.1)
        buffer[0] = (byte)type;
        buffer[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)unpadded);
        return length;
    }

    public static int WriteParameter(Span<byte> buffer, SctpParameterType type, ReadOnlySpan<byte> value)
    {
        var padded = (Parameter.HeaderSize + value.Length + 3) & ~3;
        buffer[..padded].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)(Parameter.HeaderSize + value.Length));
        value.CopyTo(buffer[Parameter.HeaderSize..]);
        return padded;
    }

    private static SctpCause ReadParameters(ReadOnlySpan<byte> parameters, scoped ref PeerParameters peer, out ReadOnlySpan<byte> cookie)
    {
        cookie = default;
        foreach (var parameter in new ParameterReader(parameters))
        {
            switch (parameter.Type)
            {
                case SctpParameterType.HostNameAddress:
                    return SctpCause.UnresolvableAddress;
                case SctpParameterType.StateCookie:
                    cookie = parameter.Value;
                    break;
                case SctpParameterType.ForwardTsnSupported:
                    peer = peer with { ForwardsTsn = true };
                    break;
                case SctpParameterType.SupportedExtensions:
                    peer = peer with
                    {
                        ForwardsTsn = peer.ForwardsTsn || parameter.Value.Contains((byte)SctpChunkType.ForwardTsn),
                        ResetsStreams = peer.ResetsStreams || parameter.Value.Contains((byte)SctpChunkType.Reconfig),
                    };
                    break;
                default:
                    if (!IsKnown(parameter.Type) && !parameter.IsSkippedWhenUnknown)
                    {
                        return SctpCause.None; // the rest is not read
                    }

                    break;
            }
        }

        return SctpCause.None;
    }

    private static PeerParameters ReadFields(ReadOnlySpan<byte> value) => new(
        BinaryPrimitives.ReadUInt32BigEndian(value),
        BinaryPrimitives.ReadUInt32BigEndian(value[4..]),
        BinaryPrimitives.ReadUInt16BigEndian(value[8..]),
        BinaryPrimitives.ReadUInt16BigEndian(value[10..]),
        BinaryPrimitives.ReadUInt32BigEndian(value[12..]),
        false,
        false);
}
