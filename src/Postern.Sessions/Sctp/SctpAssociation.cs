using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>
/// One SCTP association over DTLS (RFC 9260, RFC 8261): a machine without endpoints, since packets ride in DTLS records. It composes
/// the handshake, the two halves that carry data, stream resets, heartbeats and the end; each stands in its own file.
/// </summary>
/// <remarks>Law of all machines: touch, drain to empty (<see cref="TryTransmit"/>, <see cref="TryTakeEvent"/>), touch again.</remarks>
public sealed class SctpAssociation
{
    private readonly AssociationParts _parts;
    private readonly AssociationContext _context;
    private readonly ChunkRouter _router;
    private readonly PacketFiller _filler;

    /// <param name="options">Sizes and times; an impossible one throws.</param>
    /// <param name="random">Draws tags, the initial TSN, the cookie's key and heartbeat numbers.</param>
    public SctpAssociation(SctpOptions options, IRandom random)
    {
        _parts = new(options, random);
        _context = _parts.Context;
        _router = new(_parts);
        _filler = new(_parts);
    }

    /// <summary>Our INIT chunk, which may travel in the signalling (draft-hancke-tsvwg-snap).</summary>
    public byte[] LocalInit => _parts.Handshake.LocalInit;

    /// <summary>Bytes of the largest message that may be sent; set it when the peer's description has come (RFC 8841 §6).</summary>
    public int MaximumMessageSize
    {
        get => _parts.Sender.MaximumMessageSize;
        set => _parts.Sender.MaximumMessageSize = value;
    }

    public SctpStats Stats => _context.Stats;

    /// <summary>Zero until something was measured.</summary>
    public TimeSpan SmoothedRtt => _context.Rtt.Smoothed;

    /// <summary>User bytes accepted and neither acknowledged nor given up.</summary>
    public int BufferedAmount => (int)_parts.Sender.Queue.Buffered;

    public bool IsEstablished => _context.CarriesData;

    public bool IsClosed => _context.State == SctpState.Closed;

    /// <summary>How many streams may be sent on; known once established.</summary>
    public int OutboundStreams => _context.OutboundStreams;

    /// <summary>Whether the peer understands RE-CONFIG; known once established.</summary>
    public bool PeerResetsStreams => _context.Peer.ResetsStreams;

    /// <summary>When the association was last touched.</summary>
    internal Instant LastTouch { get; private set; }

    /// <summary>The next moment at which <see cref="HandleDeadline"/> wants to be called.</summary>
    public Instant NextDeadline
    {
        get
        {
            if (_context.State == SctpState.Closed)
            {
                return Instant.Never;
            }

            var state = Instant.Min(_parts.Handshake.NextDeadline, _parts.Teardown.NextDeadline);
            if (!_context.CarriesData)
            {
                return state;
            }

            var data = Instant.Min(_parts.Sender.NextDeadline, _parts.Receiver.Sacks.NextDeadline);
            return Instant.Min(Instant.Min(state, data), Instant.Min(_parts.Reset.NextDeadline, _parts.Heartbeat.NextDeadline));
        }
    }

    /// <summary>What the peer's description says, before anything is sent: its port (RFC 8841 §5) and the largest message that it takes (§6; 0 is any).</summary>
    public void UseDescription(int port, long maximumMessageSize)
    {
        _context.RemotePort = (ushort)port;
        MaximumMessageSize = maximumMessageSize is 0 or > int.MaxValue ? int.MaxValue : (int)maximumMessageSize;
    }

    /// <summary>Sends INIT. Both ends may do so at once, or one only.</summary>
    public void Connect(Instant now)
    {
        LastTouch = now;
        _parts.Handshake.Connect(now);
    }

    /// <summary>Both INIT chunks have travelled in the signalling: established without a packet. False when the peer's is bad, or it is too late.</summary>
    public bool StartFromSignalling(ReadOnlySpan<byte> remoteInit, Instant now)
    {
        LastTouch = now;
        var isStarted = _parts.Handshake.StartFromSignalling(remoteInit);
        if (isStarted)
        {
            _parts.BeginIfEstablished(now);
        }

        return isStarted;
    }

    /// <summary>Takes a packet; false when it is not ours: a wrong checksum, port or verification tag (RFC 9260 §8.5).</summary>
    public bool HandlePacket(ReadOnlySpan<byte> packet, Instant now)
    {
        LastTouch = now;
        if (!SctpPacket.TryParse(packet, out var parsed) || !_router.IsOurs(in parsed))
        {
            _context.Stats.PacketsRefused++;
            return false;
        }

        _context.Stats.PacketsReceived++;
        foreach (var chunk in parsed.Chunks)
        {
            if (!_router.Handle(in chunk, in parsed, now))
            {
                break;
            }
        }

        _parts.Receiver.Sacks.OnPacketEnd(now);
        AdvanceAll(now);
        return true;
    }

    /// <summary>Acts on every deadline that is not after <paramref name="now"/>.</summary>
    public void HandleDeadline(Instant now)
    {
        LastTouch = now;
        if (_context.State == SctpState.Closed)
        {
            return;
        }

        _parts.Handshake.HandleDeadline(now);
        _parts.Teardown.HandleDeadline(now);
        if (_context.CarriesData)
        {
            _parts.Sender.HandleDeadline(now);
            _parts.Receiver.Sacks.HandleDeadline(now);
            _parts.Reset.HandleDeadline(now);
            _parts.Heartbeat.HandleDeadline(_parts.Sender.IsIdle, now);
        }
    }

    /// <summary>Writes the next packet into the caller's buffer, which holds at least <see cref="SctpOptions.MaximumPacketSize"/> bytes.</summary>
    public bool TryTransmit(Span<byte> buffer, Instant now, out int length)
    {
        LastTouch = now;
        return _filler.TryFill(buffer, now, out length);
    }

    /// <summary>Takes the oldest event; false when there is none.</summary>
    public bool TryTakeEvent([NotNullWhen(true)] out SctpEvent? happened)
    {
        _parts.Sender.ReportDrained();
        return _context.Events.TryDequeue(out happened);
    }

    /// <summary>Hands in a message; it is copied. Before the association is established messages wait.</summary>
    public SendResult Send(ushort stream, uint payloadProtocol, ReadOnlySpan<byte> payload, SendOptions options, Instant now)
    {
        ArgumentOutOfRangeException.ThrowIfZero(payload.Length);
        LastTouch = now;
        var isOpen = _context.State is SctpState.Idle or SctpState.CookieWait or SctpState.CookieEchoed or SctpState.Established;
        var streams = _context.Peer.Tag == 0 ? _context.Self.OutboundStreams : _context.OutboundStreams;
        if (!isOpen || stream >= streams || _parts.Sender.Queue.Stream(stream).IsResetting)
        {
            return SendResult.Closed;
        }

        return _parts.Sender.Send(_parts.Sender.Queue.Stream(stream), payloadProtocol, payload, options, now);
    }

    /// <summary>User bytes of one stream accepted and neither acknowledged nor given up.</summary>
    public long BufferedAmountOf(ushort stream) => _parts.Sender.Queue.FindStream(stream)?.Buffered ?? 0;

    /// <summary>How many received bytes the application has taken but not worked off: they narrow the window that the peer is told.</summary>
    public void Withhold(int bytes, Instant now)
    {
        LastTouch = now;
        _parts.Receiver.Withhold(bytes);
    }

    /// <summary>Begins a stream anew once all that was sent on it is acknowledged; <see cref="SctpEvent.StreamsReset"/> tells when the peer agreed.</summary>
    public void ResetStream(ushort stream, Instant now)
    {
        LastTouch = now;
        _parts.Reset.Want(stream, now);
    }

    /// <summary>Ends the association when all data has arrived.</summary>
    public void Shutdown(Instant now)
    {
        LastTouch = now;
        _parts.Teardown.Shutdown(now);
    }

    /// <summary>Ends the association at once and tells the peer.</summary>
    public void Abort()
    {
        Span<byte> value = stackalloc byte[8];
        _context.Abort(SctpCloseReason.Aborted, SctpCause.UserInitiatedAbort, value[..ErrorCause.Write(value, SctpCause.UserInitiatedAbort, default)]);
    }

    /// <summary>Packets take another path from now on: round trip and congestion state are learnt anew, and what is outstanding is asked after at once.</summary>
    /// <param name="roundTrip">The new path's round trip, where ICE knows it.</param>
    /// <param name="now">Now.</param>
    public void PathChanged(TimeSpan? roundTrip, Instant now)
    {
        LastTouch = now;
        _context.ForgetErrors();
        _parts.Sender.ChangePath(roundTrip, now);
        _parts.Handshake.Resend(now);
        _parts.Reset.Resend();
        if (_context.CarriesData)
        {
            _parts.Receiver.Sacks.Demand(); // the last one may have died with the old path
            _parts.Heartbeat.Probe();
        }
    }

    private void AdvanceAll(Instant now)
    {
        if (_context.CarriesData)
        {
            _parts.Reset.Advance(now);
            _parts.Teardown.Advance(now);
        }
    }
}
