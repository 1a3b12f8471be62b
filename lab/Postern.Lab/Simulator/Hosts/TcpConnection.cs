using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>
/// TCP as far as traversal and signalling need it (RFC 9293): the three-way handshake, simultaneous open, data in order with
/// retransmission, RST. What is left out: flow and congestion control beyond a fixed window, and the half-closed states. Whoever is
/// not read acknowledges nothing, so that the other side stops at the window.
/// </summary>
public sealed class TcpConnection(Endpoint local, Endpoint remote, uint initialSequence)
{
    private const int SegmentSize = 1400;
    private const int Window = 64 << 10;
    private const int MostTries = 6;
    private static readonly TimeSpan InitialTimeout = TimeSpan.FromSeconds(1);   // RFC 6298 §2
    private static readonly TimeSpan DataTimeout = TimeSpan.FromMilliseconds(300);

    private readonly List<byte> _unacknowledged = [];
    private readonly List<byte> _held = []; // has come, and is not acknowledged
    private readonly Queue<(TcpFlags Flags, uint Sequence)> _control = [];
    private uint _firstUnacknowledged;
    private uint _next;
    private uint _expected;
    private int _tries;
    private bool _acknowledges;
    private bool _isHeld;

    public Endpoint Local { get; } = local;

    public Endpoint Remote { get; } = remote;

    public TcpState State { get; private set; }

    /// <summary>Bytes that were written and not acknowledged yet.</summary>
    public int Waiting => _unacknowledged.Count;

    public bool IsOver => State == TcpState.Closed && _control.Count == 0;

    /// <summary>Set before anything can happen.</summary>
    public ITcpListener? Listener { get; set; }

    public Instant NextDeadline { get; private set; } = Instant.Never;

    public void Open(Instant now)
    {
        State = TcpState.SynSent;
        SendSyn(TcpFlags.Syn, now);
    }

    /// <summary>Takes bytes to send; <see cref="Computer.Drain"/> sends them.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (State != TcpState.Closed)
        {
            _unacknowledged.AddRange(bytes);
        }
    }

    /// <summary>What comes is neither told nor acknowledged until <see cref="Release"/>; for longer than half a minute nobody waits.</summary>
    public void Hold() => _isHeld = true;

    /// <summary>Tells what has come meanwhile; <see cref="Computer.Drain"/> acknowledges it.</summary>
    public void Release()
    {
        _isHeld = false;
        if (_held.Count > 0)
        {
            var bytes = _held.ToArray();
            _held.Clear();
            _acknowledges = true;
            Listener?.Received(this, bytes);
        }
    }

    /// <summary>Ends the connection with RST, at once.</summary>
    public void Abort()
    {
        if (State is not (TcpState.New or TcpState.Closed))
        {
            _control.Enqueue((TcpFlags.Rst | TcpFlags.Ack, _next));
        }

        End();
    }

    public void HandleDeadline(Instant now)
    {
        if (++_tries > MostTries)
        {
            Abort();
            return;
        }

        if (State is TcpState.SynSent or TcpState.SynReceived)
        {
            SendSyn(State == TcpState.SynSent ? TcpFlags.Syn : TcpFlags.Syn | TcpFlags.Ack, now);
            return;
        }

        _next = _firstUnacknowledged; // go back and send again from there
        NextDeadline = Instant.Never;
    }

    public void Take(in PacketHeader header, ReadOnlyMemory<byte> payload, Instant now)
    {
        if ((header.Flags & TcpFlags.Rst) != 0)
        {
            End();
        }
        else if ((header.Flags & TcpFlags.Syn) != 0)
        {
            TakeSyn(header, now);
        }
        else if ((header.Flags & TcpFlags.Ack) != 0 && State != TcpState.New)
        {
            TakeAcknowledgement(header.Acknowledgement, now);
            TakeData(header.Sequence, payload);
        }
    }

    /// <summary>The next segment to send; false when there is none.</summary>
    public bool TryTransmit(Instant now, out PacketHeader header, out ReadOnlyMemory<byte> payload)
    {
        header = default;
        payload = default;
        if (_control.TryDequeue(out var control))
        {
            header = Header(control.Flags, control.Sequence);
            return true;
        }

        if (State != TcpState.Established)
        {
            return false;
        }

        var sent = (int)(_next - _firstUnacknowledged);
        var length = Math.Min(SegmentSize, Math.Min(_unacknowledged.Count, Window) - sent);
        if (length <= 0 && !_acknowledges)
        {
            return false;
        }

        header = Header(TcpFlags.Ack, _next);
        _acknowledges = false;
        if (length > 0)
        {
            payload = _unacknowledged.GetRange(sent, length).ToArray();
            _next += (uint)length;
            NextDeadline = NextDeadline == Instant.Never ? now + (DataTimeout * (1 << _tries)) : NextDeadline;
        }

        return true;
    }

    private PacketHeader Header(TcpFlags flags, uint sequence) => new()
    {
        Transport = Transport.Tcp,
        Source = Local,
        Destination = Remote,
        Flags = flags,
        Sequence = sequence,
        Acknowledgement = (flags & TcpFlags.Ack) != 0 ? _expected - (uint)_held.Count : 0,
    };

    private void SendSyn(TcpFlags flags, Instant now)
    {
        _control.Enqueue((flags, initialSequence));
        _next = initialSequence + 1;
        NextDeadline = now + (InitialTimeout * (1 << _tries));
    }

    private void TakeSyn(in PacketHeader header, Instant now)
    {
        var acknowledges = (header.Flags & TcpFlags.Ack) != 0;
        if (State is TcpState.New or TcpState.SynSent or TcpState.SynReceived)
        {
            _expected = header.Sequence + 1;
        }

        if (State == TcpState.New || (State == TcpState.SynSent && !acknowledges))
        {
            State = TcpState.SynReceived; // a SYN that crosses ours is answered like one that comes first (RFC 9293 §3.5)
            SendSyn(TcpFlags.Syn | TcpFlags.Ack, now);
        }
        else if (State is TcpState.SynSent or TcpState.SynReceived && acknowledges)
        {
            TakeAcknowledgement(header.Acknowledgement, now);
            _acknowledges = true;
        }
        else
        {
            _acknowledges = true; // repeated: our acknowledgement was lost
        }
    }

    private void TakeAcknowledgement(uint acknowledgement, Instant now)
    {
        if (State is TcpState.SynSent or TcpState.SynReceived)
        {
            if (acknowledgement != initialSequence + 1)
            {
                return;
            }

            State = TcpState.Established;
            (_firstUnacknowledged, _next, _tries, NextDeadline) = (acknowledgement, acknowledgement, 0, Instant.Never);
            Listener?.Opened(this);
            return;
        }

        var news = (int)(acknowledgement - _firstUnacknowledged);
        if (State == TcpState.Established && news > 0 && news <= _unacknowledged.Count)
        {
            _unacknowledged.RemoveRange(0, news);
            _firstUnacknowledged = acknowledgement;
            _next = (int)(_next - acknowledgement) < 0 ? acknowledgement : _next;
            _tries = 0;
            NextDeadline = _next == acknowledgement ? Instant.Never : now + DataTimeout;
            Listener?.Acknowledged(this);
        }
    }

    private void TakeData(uint sequence, ReadOnlyMemory<byte> payload)
    {
        if (payload.IsEmpty || State != TcpState.Established)
        {
            return;
        }

        _acknowledges = true;
        if (sequence != _expected || _held.Count + payload.Length > Window)
        {
            return; // what is out of order, or finds no room, will come again
        }

        _expected += (uint)payload.Length;
        if (_isHeld)
        {
            _held.AddRange(payload.Span);
        }
        else
        {
            Listener?.Received(this, payload.Span);
        }
    }

    private void End()
    {
        if (State != TcpState.Closed)
        {
            State = TcpState.Closed;
            NextDeadline = Instant.Never;
            Listener?.Closed(this);
        }
    }
}
