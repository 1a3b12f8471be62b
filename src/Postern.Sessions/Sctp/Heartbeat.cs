using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>Asks whether the peer is there while nothing else is sent, and after a change of path (RFC 9260 §8.3).</summary>
internal sealed class Heartbeat(AssociationContext context)
{
    private const int ContentSize = 16; // when it was sent, and a number that only the peer has seen

    private ulong _nonce;
    private bool _isSendDue;
    private bool _isAwaited;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>The association carries data from now on.</summary>
    public void Start(Instant now) => NextDeadline = now + context.Options.HeartbeatInterval;

    /// <summary>Data was acknowledged: the path needs no other proof.</summary>
    public void OnSignOfLife(Instant now)
    {
        _isAwaited = false;
        Start(now);
    }

    /// <summary>Asks at once.</summary>
    public void Probe()
    {
        _isSendDue = true;
        _isAwaited = false;
    }

    /// <param name="isPathIdle">False while data is outstanding: its timer counts the errors.</param>
    /// <param name="now">Now.</param>
    public void HandleDeadline(bool isPathIdle, Instant now)
    {
        if (NextDeadline > now)
        {
            return;
        }

        if (!isPathIdle)
        {
            OnSignOfLife(now);
            return;
        }

        if (_isAwaited)
        {
            context.CountError();
        }

        _isSendDue = true;
        NextDeadline = now + context.Rtt.Rto;
    }

    public void HandleAck(in Chunk chunk, Instant now)
    {
        var reader = new ParameterReader(chunk.Value);
        if (!_isAwaited || !reader.MoveNext() || reader.Current.Value.Length != ContentSize
            || BinaryPrimitives.ReadUInt64BigEndian(reader.Current.Value[8..]) != _nonce)
        {
            return;
        }

        var sentAt = new Instant(BinaryPrimitives.ReadInt64BigEndian(reader.Current.Value));
        context.Rtt.Sample(now - sentAt, now);
        context.PeerIsAlive();
        OnSignOfLife(now);
    }

    public void WriteTo(ref PacketWriter writer, Instant now)
    {
        if (!_isSendDue || writer.Room < Parameter.HeaderSize + ContentSize)
        {
            return;
        }

        _isSendDue = false;
        _isAwaited = true;
        _nonce = context.Random.NextUInt64();
        NextDeadline = now + context.Rtt.Rto;
        Span<byte> content = stackalloc byte[ContentSize];
        BinaryPrimitives.WriteInt64BigEndian(content, now.Ticks);
        BinaryPrimitives.WriteUInt64BigEndian(content[8..], _nonce);
        InitChunk.WriteParameter(
            writer.AddChunk(SctpChunkType.Heartbeat, 0, Parameter.HeaderSize + ContentSize), SctpParameterType.HeartbeatContent, content);
        context.Stats.HeartbeatsSent++;
    }
}
