using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>What the parts of one association share.</summary>
internal sealed class AssociationContext
{
    public AssociationContext(SctpOptions options, IRandom random)
    {
        options.Validate();
        Options = options;
        RemotePort = options.RemotePort;
        Random = random;
        Rtt = new(options);
        Pool = new(FragmentSize);
    }

    public SctpOptions Options { get; }

    public IRandom Random { get; }

    public SctpStats Stats { get; } = new();

    public Queue<SctpEvent> Events { get; } = new();

    public ControlQueue Control { get; } = new();

    public BufferPool Pool { get; }

    public RttEstimator Rtt { get; }

    public SctpState State { get; set; }

    /// <summary>RFC 8841 §5: the peer's SCTP port, which only its description tells.</summary>
    public ushort RemotePort { get; set; }

    /// <summary>What our INIT says.</summary>
    public PeerParameters Self { get; set; }

    /// <summary>What the peer's INIT or INIT ACK said.</summary>
    public PeerParameters Peer { get; set; }

    /// <summary>RFC 9260 §8.1: consecutive expiries without a sign of life.</summary>
    public int Errors { get; private set; }

    /// <summary>User bytes of a full DATA chunk: fragments stay four-byte aligned.</summary>
    public int FragmentSize => (Options.MaximumPacketSize - SctpPacket.HeaderSize - DataChunk.Overhead) & ~3;

    public bool CarriesData => State is SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownSent or SctpState.ShutdownReceived;

    /// <summary>How many streams we may send on.</summary>
    public int OutboundStreams => Math.Min(Self.OutboundStreams, Peer.InboundStreams);

    public void PeerIsAlive()
    {
        Errors = 0;
        Rtt.ForgetBackoff();
    }

    public void ForgetErrors() => Errors = 0;

    /// <summary>An expiry: the association ends with one too many (RFC 9260 §8.1).</summary>
    public void CountError()
    {
        Rtt.Backoff();
        Errors++;
        if (Errors > Options.MaximumRetransmissions)
        {
            Close(SctpCloseReason.PeerUnreachable);
        }
    }

    /// <summary>Ends the association on account of the peer, and tells it why.</summary>
    public void Violate(SctpCause cause, ReadOnlySpan<byte> detail = default)
    {
        Span<byte> value = stackalloc byte[64];
        var length = ErrorCause.Write(value, cause, detail[..Math.Min(detail.Length, 32)]);
        Abort(SctpCloseReason.ProtocolViolation, cause, value[..length]);
    }

    /// <summary>Ends the association with ABORT (RFC 9260 §9.1).</summary>
    public void Abort(SctpCloseReason reason, SctpCause cause, ReadOnlySpan<byte> causes)
    {
        if (State == SctpState.Closed)
        {
            return;
        }

        var tag = Peer.Tag;
        Close(reason, cause);
        if (tag != 0)
        {
            Control.AddAlone(SctpChunkType.Abort, 0, tag, causes);
        }
    }

    public void Close(SctpCloseReason reason, SctpCause cause = SctpCause.None)
    {
        if (State != SctpState.Closed)
        {
            State = SctpState.Closed;
            Control.Clear();
            Events.Enqueue(new SctpEvent.Closed(reason, cause));
        }
    }
}
