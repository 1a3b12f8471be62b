using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Turn;
using Postern.Sessions.Dtls;
using Postern.Sessions.Sctp;

namespace Postern.Sessions.Calls;

/// <summary>
/// One peer's end of a session as one machine: gathering, checks, relay, handshake and streams. The driver hands it sockets,
/// relays and the other side's signals; it says what to send where and what happened. Data flows over the first path that
/// validates and moves to better ones without a gap.
/// </summary>
public sealed class Call : IMachine<CallEvent>, IDisposable
{
    private readonly CallOptions _options;
    private readonly IRandom _random;
    private readonly CallLog _log = new();
    private readonly Negotiation _negotiation;
    private readonly Paths _paths;
    private readonly SctpAssociation _association;
    private readonly Traffic _traffic;
    private readonly Queue<CallEvent> _events = [];
    private readonly List<string> _candidates = [];
    private Instant _now;
    private Instant _describeBy = Instant.Never;
    private Instant _closeBy = Instant.Never;
    private bool _endOfCandidatesSent;
    private PathKind? _lastPath;

    public Call(CallOptions options, IRandom random)
    {
        _options = options;
        _random = random;
        _negotiation = new(options, random);
        _paths = new(options, random) { LocalNat = options.NatReport };
        _traffic = new(_paths, Stats);
        _association = new(new SctpOptions { MaximumPacketSize = MaximumDatagram - DtlsConnection.Overhead }, random);
    }

    /// <summary>Passes every path: 1,280 bytes of IPv6 (RFC 8200 §5) less 40 for IP, 8 for UDP and 52 for a Send indication to an IPv6 peer.</summary>
    private const int MaximumDatagram = 1180;

    /// <summary>How long a closing call waits for what is under way.</summary>
    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(1.5);

    public CallState State { get; private set; } = CallState.Connecting;

    /// <summary>Why it ended, where it did.</summary>
    public (CallFailure Failure, string Reason) Ending { get; private set; } = (CallFailure.None, "");

    public CallStats Stats { get; } = new();

    /// <summary>What was measured of our NAT; it may become known while the call runs.</summary>
    public NatReport? LocalNat => _paths.LocalNat;

    /// <summary>What the other side says of its NAT.</summary>
    public NatReport? RemoteNat { get; private set; }

    /// <summary>Whether the other side has shown itself to be a Postern.</summary>
    public bool IsPeerPostern => _negotiation.IsPostern;

    public Instant NextDeadline => State == CallState.Closed
        ? Instant.Never
        : Instant.Min(_traffic.NextDeadline, Instant.Min(_describeBy, _closeBy));

    private SecureStreams? Streams => _traffic.Streams;

    /// <summary>A socket stands (none where a wanted one cannot be had); ICE makes candidates from it. The first of each family also carries the relay's allocation.</summary>
    public void AddSocket(Endpoint local, Instant now) => Touch(now, () => _paths.AddSocket(local, now));

    /// <summary>The sockets that <see cref="CallEvent.SocketsWanted"/> asked for, or as many as there could be.</summary>
    public void AddSpareSockets(IReadOnlyList<Endpoint> sockets, Instant now) => Touch(now, () => _paths.Prediction.AddSockets(sockets, now));

    /// <summary>A relay may be used from now on.</summary>
    public void UseRelay(RelayServer server, Instant now) => Touch(now, () => _paths.Relays.Use(server, now));

    /// <summary>The stream that <see cref="CallEvent.RelayStreamWanted"/> asked for is open. Its end here has a name that no socket has: port 0.</summary>
    public void AddRelayStream(Endpoint local, Instant now) => Touch(now, () => _paths.Relays.AddStream(local, now));

    /// <summary>It could not be opened, or is over: one sentence says why.</summary>
    public void RelayStreamClosed(string reason, Instant now) => Touch(now, () => _paths.Relays.EndStream(reason, now));

    /// <summary>Whether relays are still being asked for: candidates are not complete before.</summary>
    public void ExpectRelays(bool expected, Instant now) => Touch(now, () => _paths.RelaysFollow = expected);

    /// <summary>Something happened to the server: asks its relays whether they still know us.</summary>
    public void RefreshRelays(Instant now) => Touch(now, () => _paths.RefreshRelays(now));

    /// <summary>So many bytes wait for the application: the other side is held back by SCTP's receive window (RFC 9260 §6.2).</summary>
    public void Withhold(int bytes, Instant now) => Touch(now, () => _association.Withhold(bytes, now));

    /// <summary>Begins. A caller gathers and then offers; a callee gathers, and answers when the offer is there.</summary>
    public void Start(Instant now) => Touch(now, () =>
    {
        _log.Begin(now);
        _log.Add(_options.Role == CallRole.Caller ? "Calling." : "Being called.", now);
        _paths.Start(now);
        _paths.Prediction.Prepare(_options.RelayOnly ? null : LocalNat);
        _describeBy = _options.Role == CallRole.Caller ? now + _options.DescriptionPatience : Instant.Never;
    });

    /// <summary>A NAT has become known late (null for what is known of it already): what has not left carries ours, and ports are predicted where both are known.</summary>
    public void LearnNat(NatReport? local, NatReport? remote, Instant now) =>
        Touch(now, () => _paths.Predict(_paths.LocalNat = local ?? LocalNat, RemoteNat = remote ?? RemoteNat, _negotiation.Remote, now));

    /// <summary>Takes what the other side says through the switchboard.</summary>
    public void HandleSignal(SignalPayload payload, Instant now) => Touch(now, () =>
    {
        switch (payload)
        {
            case SignalPayload.Described described:
                HandleDescription(described.Description);
                break;
            case SignalPayload.Candidate candidate:
                _paths.AddRemote(candidate.Line, candidate.Ufrag, _now);
                break;
            case SignalPayload.EndOfCandidates:
                _paths.EndRemote(_now);
                break;
            case SignalPayload.Ports ports:
                _paths.Prediction.HandleNotice(ports, _now);
                break;
            case SignalPayload.Bye bye:
                HandleBye(bye);
                break;
        }
    });

    /// <summary>No signal can be sent or received any more: a call that is connected lives on, another ends.</summary>
    public void LoseSignalling(CallFailure failure, string reason, Instant now) => Touch(now, () =>
    {
        if (State == CallState.Connecting)
        {
            End(failure, reason);
        }
    });

    public DataChannel OpenChannel(string label, DataChannelOptions options, Instant now)
    {
        _now = now;
        var streams = Streams ?? throw new InvalidOperationException("Channels are opened once the call is connected.");
        return streams.Channels.Open(label, options, now);
    }

    public void CloseChannel(DataChannel channel, Instant now)
    {
        _now = now;
        channel.Close(now);
    }

    public SendResult Send(DataChannel channel, bool isText, ReadOnlySpan<byte> payload, Instant now)
    {
        _now = now;
        return State != CallState.Connected ? SendResult.Closed
            : isText ? channel.SendText(payload, now)
            : channel.SendBinary(payload, now);
    }

    /// <summary>Ends the call in good order: what was sent is delivered first, within 1.5 s.</summary>
    public void Close(Instant now) => Touch(now, () =>
    {
        if (State != CallState.Connected)
        {
            End(CallFailure.None, "The call was ended before it was connected.", HangUp.Done);
            return;
        }

        _closeBy = now + ClosingPatience;
        _association.Shutdown(now);
    });

    /// <summary>What was tried so far, and why the present path won.</summary>
    public ConnectReport Report() => CallReport.Make(this, _options, _paths, _log, _lastPath);

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (State == CallState.Closed)
        {
            return false;
        }

        _now = now;
        _traffic.Take(datagram, source, destination, now);
        Digest();
        return true;
    }

    /// <summary>ICMP said "administratively prohibited" of a datagram of ours. A keeper of our own firewall who says so is respected.</summary>
    public void HandleProhibition(Endpoint local, Endpoint remote, IpAddress reporter, bool isOwn, Instant now) =>
        Touch(now, () => _paths.HandleProhibition(local, remote, reporter, isOwn, now));

    public void HandleDeadline(Instant now)
    {
        if (State == CallState.Closed)
        {
            return;
        }

        _now = now;
        _traffic.HandleDeadline(now);
        if (_closeBy <= now)
        {
            var lost = _association.BufferedAmount > 0;
            End(lost ? CallFailure.PathLost : CallFailure.None, lost ? "Not everything that was sent has arrived." : "The call was ended.", HangUp.Done);
        }

        Digest();
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit) => _traffic.TryTransmit(buffer, _now, out transmit);

    public bool TryTakeEvent([NotNullWhen(true)] out CallEvent? happened) => _events.TryDequeue(out happened);

    public void Dispose() => Streams?.Dispose();

    private void Touch(Instant now, Action action)
    {
        if (State == CallState.Closed)
        {
            return;
        }

        _now = now;
        action();
        Digest();
    }

    private void HandleDescription(SessionDescription description)
    {
        if (_negotiation.Remote is not null)
        {
            return; // a repeated signal
        }

        var failure = _negotiation.Accept(description, out var reason);
        if (failure != CallFailure.None)
        {
            End(failure, reason, HangUp.Refused);
            return;
        }

        RemoteNat ??= _negotiation.RemoteNat;
        _log.Add(_options.Role == CallRole.Caller ? "The answer is here." : "The offer is here.", _now);
        StartStreams(description);
        _paths.Predict(LocalNat, RemoteNat, description, _now);
        _paths.SetRemote(description, _negotiation.IsPostern, _now);
        if (_options.Role == CallRole.Callee)
        {
            _describeBy = _options.GatherFirst ? _now + _options.DescriptionPatience : _now;
        }
    }

    private void StartStreams(SessionDescription remote)
    {
        var streams = SecureStreams.Between(_options.Certificate, remote, _negotiation.IsDtlsClient, MaximumDatagram, _association, _random, _now);
        _traffic.Adopt(streams, _now);
        if (_paths.Selected is not null)
        {
            streams.Start(_now); // checks may succeed before the answer is here
        }
    }

    private void Describe()
    {
        (_describeBy, _paths.LocalNat) = (Instant.Never, _paths.Prediction.Sight.Renew(LocalNat));
        var description = _negotiation.Describe(_paths.Credentials, LocalNat, _association.LocalInit, [.. _candidates], _paths.IsComplete, _now);
        _endOfCandidatesSent = _paths.IsComplete;
        _log.Add($"{(description.IsOffer ? "Offered" : "Answered")} with {_candidates.Count} candidate{(_candidates.Count == 1 ? "" : "s")}.", _now);
        _events.Enqueue(new CallEvent.SignalReady(new SignalPayload.Described(description)));
    }

    private void HandleBye(SignalPayload.Bye bye)
    {
        // A call that stands is ended by its own goodbye, which is encrypted; the switchboard has no say in it.
        if (State == CallState.Connecting)
        {
            var failure = bye.Reason switch { HangUp.Done => CallFailure.None, HangUp.NoPath => CallFailure.NoPath, _ => CallFailure.Refused };
            End(failure, bye.Sentence ?? (failure == CallFailure.NoPath ? "The other side has found no path." : "The other side declined."));
        }
    }

    /// <summary>Takes what the inner machines report until none has anything left.</summary>
    private void Digest()
    {
        while (State != CallState.Closed && _paths.TryTakeEvent(_now, out var happened))
        {
            Handle(happened);
        }

        if (State == CallState.Closed)
        {
            return;
        }

        if (_describeBy != Instant.Never && (_paths.IsGathered || _describeBy <= _now))
        {
            Describe();
        }
        else if (_paths.IsComplete && _negotiation.Local is not null && !_endOfCandidatesSent)
        {
            _endOfCandidatesSent = true;
            _events.Enqueue(new CallEvent.SignalReady(new SignalPayload.EndOfCandidates(_paths.Credentials.UsernameFragment)));
        }

        DigestStreams();
    }

    private void Handle(PathsEvent happened)
    {
        switch (happened)
        {
            case PathsEvent.CandidateFound found:
                _candidates.Add(found.Line);
                if (_negotiation.Local is not null && (!_endOfCandidatesSent || IsPeerPostern))
                {
                    _events.Enqueue(new CallEvent.SignalReady(new SignalPayload.Candidate(found.Line, _paths.Credentials.UsernameFragment)));
                }

                break;
            case PathsEvent.Moved moved:
                HandleMove(moved);
                break;
            case PathsEvent.Forwarded forwarded:
                _events.Enqueue(forwarded.Event);
                break;
            case PathsEvent.Noted noted:
                _log.Add(noted.What, _now);
                break;
            case PathsEvent.RelayLost:
                _events.Enqueue(new CallEvent.RelayWanted());
                break;
            case PathsEvent.AllFailed failed:
                End(State == CallState.Connected ? CallFailure.PathLost : CallFailure.NoPath, failed.Reason, HangUp.NoPath);
                break;
        }
    }

    private void HandleMove(PathsEvent.Moved moved)
    {
        _events.Enqueue(new CallEvent.PathChanged(moved.From, moved.To, moved.Reason));
        _log.Add(moved.To is { } to ? $"Data takes {CallLog.Describe(to)}: {moved.Reason}." : $"No path for the moment: {moved.Reason}.", _now);
        if (moved.To is not { } path)
        {
            return;
        }

        _lastPath = path.Kind;
        Streams?.Start(_now);
        if (moved.From is not null)
        {
            _association.PathChanged(path.RoundTrip, _now);
        }
    }

    private void DigestStreams()
    {
        if (Streams is not { } streams)
        {
            return;
        }

        while (State != CallState.Closed && streams.TryTakeEvent(_now, out var happened))
        {
            switch (happened)
            {
                case StreamsEvent.Secured:
                    State = CallState.Connected;
                    _log.Connected(_now);
                    _log.Add("Encrypted; the other side's certificate is the one it signed for.", _now);
                    _events.Enqueue(new CallEvent.Connected(_paths.Selected?.Kind ?? PathKind.Relayed));
                    break;
                case StreamsEvent.Broken broken:
                    End(broken.Failure, broken.Reason, broken.Failure == CallFailure.None ? HangUp.Done : HangUp.Refused);
                    break;
                case StreamsEvent.Happened inner:
                    _events.Enqueue(inner.Event);
                    break;
            }
        }
    }

    private void End(CallFailure failure, string reason, HangUp? hangUp = null)
    {
        Ending = (failure, reason);
        _log.Add($"Ended: {reason}", _now);
        if (hangUp is { } why && _negotiation.Local is not null)
        {
            _events.Enqueue(new CallEvent.SignalReady(new SignalPayload.Bye(why, failure == CallFailure.None ? null : reason)));
        }

        _traffic.Close();
        State = CallState.Closed;
        _events.Enqueue(new CallEvent.Ended(failure, reason));
    }
}
