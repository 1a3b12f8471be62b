using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>
/// A client's allocation on a TURN server over UDP or a stream (RFC 8656): asks for it, keeps it, its permissions and its channels alive,
/// and wraps and unwraps data. <see cref="Allocate"/> begins; after AllocationFailed or Lost the machine is at its end.
/// </summary>
/// <remarks>
/// A datagram from the server goes to <see cref="TryUnwrap"/> first and, where that is false, to <see cref="HandleDatagram"/>.
/// Data may follow a permission's request without waiting for the answer: it leaves behind the request on the same path.
/// Data for a peer whom nobody has named, or before there is an allocation, is dropped: <see cref="TryWrap"/> is false.
/// </remarks>
public sealed class TurnAllocation : IMachine<TurnEvent>
{
    // RFC 8656 §8: refresh in good time. At 2/5 of the usual 10 minutes it goes along with the permissions' refresh.
    private const double RefreshAt = 0.4;
    private const int MaximumAlternates = 3;

    private readonly IRandom _random;
    private readonly TurnAllocationOptions _options;
    private readonly TurnDialogue _dialogue;
    private readonly TurnPeers _peers;
    private readonly Queue<TurnEvent> _events = new();
    private readonly List<Endpoint> _tried = [];

    private State _state = State.Idle;
    private Instant _refresh = Instant.Never;
    private TurnKeepAlive _keepAlive;
    private bool _wasMismatch;

    public TurnAllocation(IRandom random, TurnAllocationOptions options)
    {
        _random = random;
        _options = options;
        _dialogue = new(random, options);
        _peers = new(_dialogue, _events);
        _keepAlive = new(options.KeepAlive);
    }

    private enum State
    {
        Idle,
        Allocating,
        Allocated,
        Releasing,
        Ended,
    }

    /// <summary>The server at present: a 300 may have sent us to another.</summary>
    public Endpoint Server => _dialogue.Server;

    public Endpoint Local => _options.Local;

    public bool IsAllocated => _state == State.Allocated;

    /// <summary>Our address at the server; <see cref="Endpoint.None"/> until allocated.</summary>
    public Endpoint Relayed { get; private set; }

    /// <summary>The second family's relayed address, where both were asked for.</summary>
    public Endpoint AlsoRelayed { get; private set; }

    public Instant NextDeadline { get; private set; } = Instant.Never;

    public void Allocate(Instant now)
    {
        if (_state != State.Idle)
        {
            throw new InvalidOperationException("An allocation is asked for once.");
        }

        _state = State.Allocating;
        _tried.Add(Server);
        StartAllocate(now);
        Schedule();
    }

    /// <summary>Lets this peer send to us and us to it, and keeps it so. At once where there is an allocation, otherwise with it.</summary>
    /// <returns>False where 256 peers are named already.</returns>
    public bool Permit(IpAddress peer, Instant now)
    {
        var isWanted = _peers.Want(peer);
        HandleDeadline(now);
        return isWanted;
    }

    /// <summary>Stops refreshing; the server forgets within five minutes.</summary>
    public void Forget(IpAddress peer) => _peers.Forget(peer);

    /// <summary>Asks for a channel to this peer at once; otherwise the first data (no STUN) does.</summary>
    public void BindChannel(Endpoint peer, Instant now)
    {
        _peers.WantChannel(peer);
        HandleDeadline(now);
    }

    /// <summary>Asks the server now whether it still knows us: Lost comes if not.</summary>
    public void Refresh(Instant now)
    {
        _refresh = _state == State.Allocated ? now : _refresh;
        HandleDeadline(now);
    }

    /// <summary>Gives the allocation back. Lost(Released) comes at the server's word, or after a while without it.</summary>
    public void Release(Instant now)
    {
        if (_state is State.Releasing or State.Ended)
        {
            return;
        }

        var wasAsked = _state != State.Idle && _dialogue.IsChallenged;
        _state = State.Releasing;
        _dialogue.Clear();
        _refresh = Instant.Never;
        _keepAlive.Stop();
        if (wasAsked)
        {
            _dialogue.Start(new(StunMethod.Refresh), now);
        }
        else
        {
            End(new TurnEvent.Lost(TurnLoss.Released));
        }

        Schedule();
    }

    /// <summary>Wraps a payload for a peer; the buffer must have room for 51 bytes more than the payload. Allocates nothing.</summary>
    public bool TryWrap(ReadOnlySpan<byte> payload, Endpoint peer, Span<byte> buffer, out Transmit transmit)
    {
        transmit = default;
        if (_state != State.Allocated || !_peers.IsOpen(peer.Address))
        {
            return false;
        }

        int length;
        if (_peers.TryGetChannel(peer, out var channel))
        {
            ChannelData.WriteHeader(buffer, channel, payload.Length);
            payload.CopyTo(buffer[ChannelData.HeaderSize..]);
            length = ChannelData.HeaderSize + payload.Length;
        }
        else
        {
            length = TurnIndication.Write(buffer, StunMethod.Send, TransactionId.Draw(_random), peer, payload);
            if (!StunMessage.LooksLikeStun(payload) && _peers.WantChannel(peer))
            {
                NextDeadline = Instant.Zero; // bind with the next touch
            }
        }

        _keepAlive.Sent();
        transmit = new(length, Local, Server);
        return true;
    }

    /// <summary>Takes a peer's payload out of a datagram of the server; false where it is none. Allocates nothing.</summary>
    public bool TryUnwrap(ReadOnlySpan<byte> datagram, Endpoint source, out Endpoint peer, out ReadOnlySpan<byte> payload)
    {
        peer = default;
        payload = default;
        if (source != Server || _state != State.Allocated)
        {
            return false;
        }

        return ChannelData.TryParse(datagram, out var channel, out payload)
            ? _peers.TryGetPeer(channel, out peer)
            : TurnIndication.TryParse(datagram, StunMethod.Data, out peer, out payload) && _peers.IsKnown(peer.Address);
    }

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (!_dialogue.TryHandle(datagram, source, now, out var settled, out var code, out var response))
        {
            return false;
        }

        if (settled is not null && code == 0)
        {
            Succeed(settled, response, now);
        }
        else if (settled is not null && !(code == StunErrorCode.TryAlternate && TryAlternate(settled, response, now)))
        {
            Fail(settled, code, now);
        }

        HandleDeadline(now);
        return true;
    }

    public void HandleDeadline(Instant now)
    {
        while (_dialogue.TryTakeUnanswered(now, out var request, out var code))
        {
            Fail(request, code, now);
        }

        if (_state == State.Allocated)
        {
            AskWhatIsDue(now);
        }

        Schedule();
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        transmit = default;
        if (_dialogue.TryTransmit(buffer, out var length))
        {
            _keepAlive.Sent();
        }
        else if (!_keepAlive.TryTransmit(buffer, _random, out length))
        {
            return false;
        }

        transmit = new(length, Local, Server);
        return true;
    }

    public bool TryTakeEvent([NotNullWhen(true)] out TurnEvent? happened) => _events.TryDequeue(out happened);

    private void StartAllocate(Instant now) =>
        _dialogue.Start(new(StunMethod.Allocate) { Lifetime = _options.Lifetime, Family = _options.Family }, now);

    private void AskWhatIsDue(Instant now)
    {
        _peers.AskDue(now);
        if (_refresh <= now)
        {
            _refresh = Instant.Never;
            _dialogue.Start(new(StunMethod.Refresh) { Lifetime = _options.Lifetime }, now);
        }

        _keepAlive.HandleDeadline(now);
    }

    private void Succeed(TurnRequest request, in StunMessage message, Instant now)
    {
        switch (request.Method)
        {
            case StunMethod.Allocate:
                TakeAllocation(message, now);
                break;
            case StunMethod.Refresh when request.IsRelease:
                AfterRelease(now);
                break;
            case StunMethod.Refresh:
                _refresh = now + (ReadLifetime(message) * RefreshAt);
                break;
            default:
                _peers.Succeed(request, now);
                break;
        }
    }

    private void TakeAllocation(in StunMessage message, Instant now)
    {
        Endpoint first = default, second = default;
        foreach (var field in message.Fields)
        {
            if (field.Type == StunAttributeType.XorRelayedAddress && StunAddress.TryReadXor(field.Value, message.Bytes.Slice(4, 16), out var relayed))
            {
                (first, second) = first == Endpoint.None ? (relayed, second) : (first, relayed);
            }
        }

        if (first == Endpoint.None || !message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var mapped))
        {
            End(new TurnEvent.AllocationFailed(StunErrorCode.BadRequest, "The server's answer names no relayed address."));
            return;
        }

        (Relayed, AlsoRelayed) = (first, second);
        _peers.Serve(v4: first.IsV4, v6: !first.IsV4 || (second != Endpoint.None && !second.IsV4));
        var lifetime = ReadLifetime(message);
        _state = State.Allocated;
        _refresh = now + (lifetime * RefreshAt);
        _keepAlive.Start(now);
        _events.Enqueue(new TurnEvent.Allocated(first, mapped, lifetime, second));
    }

    private static TimeSpan ReadLifetime(in StunMessage message) =>
        message.TryGetUInt32(StunAttributeType.Lifetime, out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : TurnConstants.DefaultLifetime;

    private bool TryAlternate(TurnRequest request, in StunMessage message, Instant now)
    {
        if (request.Method != StunMethod.Allocate
            || _tried.Count > MaximumAlternates
            || !message.TryGetAddress(StunAttributeType.AlternateServer, out var other)
            || other.IsV4 != Server.IsV4
            || _options.IsStream
            || _tried.Contains(other))
        {
            return false;
        }

        _tried.Add(other);
        _dialogue.MoveTo(other);
        StartAllocate(now);
        return true;
    }

    // code 0: no answer.
    private void Fail(TurnRequest request, int code, Instant now)
    {
        if (request.IsRelease)
        {
            AfterRelease(now);
        }
        else if (request.Method == StunMethod.Allocate)
        {
            FailAllocate(code, now);
        }
        else if (code == StunErrorCode.AllocationMismatch)
        {
            End(new TurnEvent.Lost(TurnLoss.Unknown));
        }
        else if (request.Method == StunMethod.Refresh)
        {
            End(new TurnEvent.Lost(code == 0 ? TurnLoss.Timeout : TurnLoss.Refused));
        }
        else
        {
            _peers.Fail(request, code, now);
        }
    }

    private void FailAllocate(int code, Instant now)
    {
        if (code == StunErrorCode.AllocationMismatch && !_wasMismatch && _dialogue.IsChallenged)
        {
            // An allocation of a former life lives on this 5-tuple: end it, then ask again (once).
            _wasMismatch = true;
            _dialogue.Start(new(StunMethod.Refresh), now);
            return;
        }

        var reason = code == 0 ? "The server did not answer." : System.Text.Encoding.UTF8.GetString(StunErrorCode.Reason(code));
        End(new TurnEvent.AllocationFailed(code, reason));
    }

    private void AfterRelease(Instant now)
    {
        if (_state == State.Allocating)
        {
            StartAllocate(now);
        }
        else
        {
            End(new TurnEvent.Lost(TurnLoss.Released));
        }
    }

    private void End(TurnEvent last)
    {
        if (_state == State.Ended)
        {
            return;
        }

        _state = State.Ended;
        _dialogue.Clear();
        _refresh = Instant.Never;
        _keepAlive.Stop();
        _events.Enqueue(last);
    }

    private void Schedule()
    {
        var next = _dialogue.NextDeadline;
        if (_state == State.Allocated)
        {
            next = Instant.Min(next, _peers.NextDeadline);
            next = Instant.Min(next, Instant.Min(_refresh, _keepAlive.NextDeadline));
        }

        NextDeadline = next;
    }
}
