using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>Resets streams of ours (RFC 6525 §5.1.2): one request at a time, once all that was sent on the streams is acknowledged.</summary>
internal sealed class OutgoingReset(AssociationContext context, DataSender sender)
{
    private const int MaximumStreams = 200; // of one request, so that it fits a packet

    private readonly List<ushort> _wanted = [];
    private ushort[] _requested = [];
    private uint _sequence;
    private bool _isSendDue;
    private bool _isWaitingForPeer;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    private bool IsRequesting => _requested.Length > 0;

    /// <summary>Request numbers begin with our initial TSN (RFC 6525 §4.1).</summary>
    public void Start() => _sequence = context.Self.InitialTsn;

    public void Want(ushort stream, Instant now)
    {
        var outbound = sender.Queue.Stream(stream);
        if (!outbound.IsResetting)
        {
            outbound.IsResetting = true;
            _wanted.Add(stream);
            Advance(now);
        }
    }

    /// <summary>Begins a request for the streams that are drained.</summary>
    public void Advance(Instant now)
    {
        if (_wanted.Count == 0 || IsRequesting || context.State != SctpState.Established)
        {
            return;
        }

        var ready = _wanted.FindAll(stream => sender.Queue.Stream(stream).Buffered == 0);
        if (ready.Count == 0)
        {
            return;
        }

        _requested = [.. ready.Take(MaximumStreams)];
        _wanted.RemoveAll(stream => Array.IndexOf(_requested, stream) >= 0);
        if (!context.Peer.ResetsStreams)
        {
            Finish(); // the peer knows no reset: its side goes on counting, and so must ours
            return;
        }

        _isSendDue = true;
        NextDeadline = now + context.Rtt.Rto;
    }

    public void HandleResponse(ReconfigResponse response, Instant now)
    {
        if (!IsRequesting || response.Sequence != _sequence)
        {
            return;
        }

        context.PeerIsAlive();
        if (response.Result == ReconfigResult.InProgress)
        {
            _isWaitingForPeer = true; // asked again when the timer runs out (RFC 6525 §5.2.7)
            NextDeadline = now + context.Rtt.Rto;
            return;
        }

        if (response.Result is ReconfigResult.Performed or ReconfigResult.NothingToDo)
        {
            foreach (var stream in _requested)
            {
                sender.Queue.Stream(stream).NextSequence = 0;
            }
        }

        _sequence++;
        Finish();
        Advance(now);
    }

    public void HandleDeadline(Instant now)
    {
        if (NextDeadline > now)
        {
            return;
        }

        NextDeadline = Instant.Never;
        if (IsRequesting)
        {
            if (!_isWaitingForPeer)
            {
                context.CountError();
            }

            _isWaitingForPeer = false;
            _isSendDue = true;
            NextDeadline = now + context.Rtt.Rto;
        }
    }

    /// <summary>The path changed, or the request may be lost for another reason: send it again.</summary>
    public void Resend() => _isSendDue = IsRequesting;

    /// <param name="writer">The packet.</param>
    /// <param name="lastPeerSequence">The number of the peer's last request.</param>
    /// <param name="now">Now.</param>
    public void WriteTo(ref PacketWriter writer, uint lastPeerSequence, Instant now)
    {
        var size = Parameter.HeaderSize + ResetRequest.FieldsSize + (2 * _requested.Length);
        if (!_isSendDue || writer.Room < size)
        {
            return;
        }

        _isSendDue = false;
        NextDeadline = now + context.Rtt.Rto;
        ResetRequest.Write(writer.AddChunk(SctpChunkType.Reconfig, 0, size), _sequence, lastPeerSequence, sender.LastAssignedTsn, _requested);
    }

    private void Finish()
    {
        foreach (var stream in _requested)
        {
            sender.Queue.Stream(stream).IsResetting = false;
        }

        context.Events.Enqueue(new SctpEvent.StreamsReset(ByPeer: false, _requested));
        _requested = [];
        _isSendDue = false;
        _isWaitingForPeer = false;
        NextDeadline = Instant.Never;
    }
}
