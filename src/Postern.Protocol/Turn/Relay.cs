using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Stun.Credentials;

namespace Postern.Protocol.Turn;

/// <summary>
/// A TURN server over UDP and streams (RFC 8656). It keeps nothing of those whom it has not authenticated, speaks only to peers
/// whom its policy and the client's permissions allow, and hands what one of its clients sends to another straight to them.
/// </summary>
/// <remarks>
/// A stream that keeps messages apart carries them as datagrams: its client's end is named by its TCP endpoint, ours by
/// <see cref="StreamEnd"/>; <see cref="EndStream"/> says that it is over. Towards peers all is UDP.
/// Data takes <see cref="RelayFromClient"/> and <see cref="RelayFromPeer"/>, which answer where and copy nothing;
/// <see cref="HandleDatagram"/> takes data too, at the cost of a copy. It is false for what is not TURN, Binding included.
/// </remarks>
public sealed class Relay : IMachine<RelayEvent>
{
    /// <summary>Bytes to leave free before a datagram in the buffer of the hot path.</summary>
    public const int Headroom = RelayDataPath.Headroom;

    /// <summary>Bytes to leave free behind it.</summary>
    public const int Tailroom = RelayDataPath.Tailroom;

    private const int MaximumDatagram = 65535;

    private readonly RelayState _state;
    private readonly RelayAllocate _allocate;
    private readonly RelayRefresh _refresh;
    private readonly RelayPeers _peers;
    private readonly RelayDataPath _data;
    private readonly RelayErrors _errors;
    private byte[] _copy = new byte[Headroom + 2048 + Tailroom];

    public Relay(IRandom random, RelayOptions options)
    {
        _state = new(random, options);
        _allocate = new(_state);
        _refresh = new(_state);
        _peers = new(_state);
        _data = new(_state);
        _errors = new(_state);
        SetOwnAddresses([]);
    }

    public RelayStats Stats => _state.Stats;

    /// <summary>Allocations at present.</summary>
    public int Count => _state.Table.Count;

    public Instant NextDeadline => _state.Expiry.NextDeadline;

    /// <summary>Bounds all answers to strangers; a Binding server on the same port shares it.</summary>
    public AnswerBudget Budget => _errors.Budget;

    /// <summary>Replaces the policy; permissions and channels that it refuses end at once.</summary>
    public void SetPolicy(PeerPolicy policy, IEnumerable<IpAddress> ownAddresses)
    {
        _state.Policy = policy;
        SetOwnAddresses(ownAddresses);
    }

    /// <summary>Tells every address of this machine; the listening and relayed ones are known anyway.</summary>
    public void SetOwnAddresses(IEnumerable<IpAddress> addresses)
    {
        var options = _state.Options;
        var own = addresses.Concat(options.Listening.Select(endpoint => endpoint.Address));
        own = options.RelayV4 is { } v4 ? own.Append(v4) : own;
        own = options.RelayV6 is { } v6 ? own.Append(v6) : own;
        _state.Policy = _state.Policy.WithOwn(own);
        _peers.Review();
    }

    /// <summary>Ends every allocation of a session: the call is over, or a credential was revoked.</summary>
    public void EndSession(string session, Instant now) => EndWhere(owner => owner.Session == session, now);

    /// <summary>Ends every allocation of a user.</summary>
    public void EndUser(string name, Instant now) => EndWhere(owner => owner.Name == name, now);

    /// <summary>What our end of a stream is called: port 0, so that a datagram's client with the same numbers is another one.</summary>
    public static Endpoint StreamEnd(IpAddress server) => new(server, 0);

    /// <summary>Whether this client has an allocation.</summary>
    public bool Serves(Endpoint client, Endpoint server) => _state.Table.Find(new(client, server)) is not null;

    /// <summary>A stream is over, and its allocation with it (RFC 8656 §5).</summary>
    public void EndStream(Endpoint client, Endpoint server, Instant now)
    {
        if (_state.Table.Find(new(client, server)) is { } allocation)
        {
            _allocate.Forget(allocation);
            _state.Free(allocation, RelayFreedReason.StreamEnded, now);
        }
    }

    /// <summary>The driver had no room for data that it was told to forward.</summary>
    public void CountDropped() => _state.Stats.Dropped++;

    /// <summary>The socket that <see cref="RelayEvent.OpenSocket"/> asked for is open.</summary>
    public void SocketOpened(Endpoint relayed, Instant now) => _allocate.SocketOpened(relayed, now);

    /// <summary>It cannot be opened; another port is tried.</summary>
    public void SocketFailed(Endpoint relayed, Instant now) => _allocate.SocketFailed(relayed, now);

    /// <summary>The hot path from a client.</summary>
    /// <param name="buffer">The datagram begins at <see cref="Headroom"/>; behind it are at least <see cref="Tailroom"/> bytes.</param>
    /// <param name="length">Its length.</param>
    /// <param name="client">Its source.</param>
    /// <param name="listening">The listening endpoint that it came to.</param>
    /// <param name="now">Now.</param>
    /// <param name="forward">What to send.</param>
    public RelayVerdict RelayFromClient(Span<byte> buffer, int length, Endpoint client, Endpoint listening, Instant now, out Forward forward) =>
        _data.FromClient(buffer, length, new(client, listening), now, out forward);

    /// <summary>The hot path from a peer; the buffer as in <see cref="RelayFromClient"/>. Never <see cref="RelayVerdict.Control"/>.</summary>
    public RelayVerdict RelayFromPeer(Span<byte> buffer, int length, Endpoint relayed, Endpoint peer, Instant now, out Forward forward) =>
        _data.FromPeer(buffer, length, relayed, peer, now, out forward);

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (datagram.Length > MaximumDatagram)
        {
            return false;
        }

        if (_state.Table.TryFindRelayed(destination, out _)
            || _data.LooksLikeChannel(datagram)
            || TurnIndication.LooksLike(datagram, StunMethod.Send))
        {
            RelayCopy(datagram, source, destination, now);
            return true;
        }

        if (StunMessage.TryParse(datagram, out var message) != StunError.None
            || message.IsClassic
            || message.Class != StunClass.Request
            || message.Method is not (StunMethod.Allocate or StunMethod.Refresh or StunMethod.CreatePermission or StunMethod.ChannelBind))
        {
            return false;
        }

        var tuple = new FiveTuple(source, destination);
        if (tuple.IsStream || (source.Port != 0 && !_state.IsListening(source) && !_state.Table.TryFindRelayed(source, out _)))
        {
            HandleDeadline(now); // so that what has run out is out of the way
            HandleRequest(message, tuple, now);
        }

        return true;
    }

    public void HandleDeadline(Instant now)
    {
        while (_state.Expiry.TryTakeExpired(now, out var expired))
        {
            switch (expired)
            {
                case RelayAllocation allocation:
                    _allocate.Forget(allocation);
                    _state.Free(allocation, RelayFreedReason.Expired, now);
                    break;
                case RelayPermission permission:
                    permission.Allocation.Remove(permission);
                    break;
                case RelayChannel channel:
                    channel.Allocation.Remove(channel);
                    break;
                case RelayReservation reservation:
                    _state.Free(reservation, now);
                    break;
            }
        }
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit) => _state.Outbox.TryTake(buffer, out transmit);

    public bool TryTakeEvent([NotNullWhen(true)] out RelayEvent? happened) => _state.Events.TryDequeue(out happened);

    private void HandleRequest(in StunMessage message, FiveTuple tuple, Instant now)
    {
        _state.Stats.Requests++;
        var credentials = _state.Authenticator.Authenticate(message, tuple.Client, now);
        if (!credentials.IsAuthentic)
        {
            _errors.RefuseStranger(message, tuple, credentials.ErrorCode, now);
            return;
        }

        var allocation = _state.Table.Find(tuple);
        var request = new RelayRequest(message, tuple, credentials, allocation, now);
        var code = request.Allocation is { } own && own.Owner.Username != credentials.User.Username
            ? OfAnotherUser(message.Method)
            : RelayErrors.FindUnknown(message) ? StunErrorCode.UnknownAttribute : Dispatch(request);
        if (code == StunErrorCode.Unauthenticated)
        {
            _errors.RefuseStranger(message, tuple, code, now); // an expired credential is a stranger's
        }
        else if (code != 0)
        {
            _errors.Refuse(request, code);
        }
    }

    // An allocation in use is 437 (RFC 8656 §7.2), after which a client takes another port; a 441 says that the credentials are at fault.
    private static int OfAnotherUser(StunMethod method) =>
        method == StunMethod.Allocate ? StunErrorCode.AllocationMismatch : StunErrorCode.WrongCredentials;

    private int Dispatch(in RelayRequest request) => request.Message.Method switch
    {
        StunMethod.Allocate => _allocate.Handle(request),
        StunMethod.Refresh => _refresh.Handle(request),
        StunMethod.CreatePermission => _peers.CreatePermission(request),
        _ => _peers.BindChannel(request),
    };

    private void RelayCopy(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        var size = Headroom + datagram.Length + Tailroom;
        if (_copy.Length < size)
        {
            _copy = new byte[size];
        }

        datagram.CopyTo(_copy.AsSpan(Headroom));
        var verdict = _state.Table.TryFindRelayed(destination, out _)
            ? RelayFromPeer(_copy, datagram.Length, destination, source, now, out var forward)
            : RelayFromClient(_copy, datagram.Length, source, destination, now, out forward);
        if (verdict == RelayVerdict.Forward && !_state.Outbox.TryAdd(forward.Via, forward.Target, forward.Payload))
        {
            _state.Stats.Dropped++;
        }
    }

    private void EndWhere(Predicate<RelayOwner> match, Instant now)
    {
        foreach (var allocation in _state.Table.Allocations.Where(allocation => match(allocation.Owner)).ToArray())
        {
            _allocate.Forget(allocation);
            _state.Free(allocation, RelayFreedReason.Revoked, now);
        }

        foreach (var reservation in _state.Table.Reservations.Where(reservation => match(reservation.Owner)).ToArray())
        {
            _state.Free(reservation, now);
        }
    }
}
