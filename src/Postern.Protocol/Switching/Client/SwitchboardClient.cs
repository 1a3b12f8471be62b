using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;

namespace Postern.Protocol.Switching.Client;

/// <summary>
/// A peer's end of the switchboard as a machine: logs in, comes back after every loss of the connection, repeats what nobody
/// acknowledged and drops what comes twice. Its streams are numbered; what is reported of an older one is ignored.
/// Law: touch, drain frames and events to empty, touch again. Nothing that arrives makes it throw.
/// </summary>
public sealed class SwitchboardClient
{
    private readonly SwitchboardClientOptions _options;
    private readonly ClientLogin _login;
    private readonly ReconnectPause _pause;
    private readonly Queue<ReadOnlyMemory<byte>> _frames = [];
    private readonly Queue<SwitchboardClientEvent> _events = [];
    private readonly SentSignals _sent;
    private readonly SeenSignals _seen = new();
    private readonly HashSet<ClientFrame.Turn> _turns = [];
    private Phase _phase;
    private long _stream;
    private long _seq;
    private Instant _deadline = Instant.Never; // of the phase: its timeout, the silence, or the pause's end
    private Instant _nextPing = Instant.Never;
    private Instant _loggedInAt;

    /// <summary>Throws <see cref="ArgumentException"/> when the name is none.</summary>
    public SwitchboardClient(SwitchboardClientOptions options, PeerIdentity identity, IRandom random)
    {
        if (!PeerName.TryParse(options.Name, out var name))
        {
            throw new ArgumentException(PeerName.Rule, nameof(options));
        }

        _options = options;
        Name = name;
        _login = new ClientLogin(name, options, identity, SessionDescription.NewId(random));
        _pause = new ReconnectPause(options, random);
        _sent = new SentSignals(options.UnacknowledgedSignals, options.UnacknowledgedBytes);
    }

    private enum Phase : byte
    {
        Stopped,
        Pausing,
        Opening,
        LoggingIn,
        LoggedIn,
    }

    /// <summary>Our name in its canonical form.</summary>
    public string Name { get; }

    public SwitchboardClientStats Stats { get; } = new();

    public bool IsLoggedIn => _phase == Phase.LoggedIn;

    /// <summary>Signals that no peer has acknowledged yet.</summary>
    public int Unacknowledged => _sent.InOrder.Count;

    public Instant NextDeadline => Instant.Min(_deadline, _nextPing);

    /// <summary>Begins to connect; does nothing when it has begun.</summary>
    public void Start(Instant now)
    {
        if (_phase == Phase.Stopped)
        {
            _pause.Reset();
            Open(now);
        }
    }

    /// <summary>Ends the connection and comes back only when started again.</summary>
    public void Stop(Instant now)
    {
        if (_phase != Phase.Stopped)
        {
            Disconnect(DisconnectReason.Stopped, "Stopped.", now);
        }
    }

    /// <summary>
    /// Sends to a peer, now or once logged in, until the peer acknowledges it or the switchboard refuses it. False when too
    /// many are unacknowledged. Throws <see cref="ArgumentException"/> for what no switchboard would take.
    /// </summary>
    public bool TrySendSignal(string to, string session, SignalPayload payload, out long seq)
    {
        seq = _seq + 1;
        var signal = new ClientFrame.Signal(Canonical(to), session, seq, payload.Kind, FrameCodec.Write(payload));
        if (!DescriptionRules.Keeps(payload) || !FrameRules.Keeps(signal))
        {
            throw new ArgumentException("The session id or the payload is out of its rule.", nameof(payload));
        }

        var sent = new SentSignal(seq, signal.To, session, signal.Kind, FrameCodec.Write(signal));
        if (!_sent.TryAdd(sent))
        {
            return false;
        }

        _seq = seq;
        Stats.SignalsSent++;
        SendIfLoggedIn(sent.Frame);
        return true;
    }

    /// <summary>Asks for TURN credentials, now or once logged in, until granted or refused. False when too many are asked for.</summary>
    public bool TryRequestTurn(string session, string peer)
    {
        var turn = new ClientFrame.Turn(session, Canonical(peer));
        if (_turns.Count >= _options.UnacknowledgedSignals || !FrameRules.Keeps(turn))
        {
            return false;
        }

        _turns.Add(turn);
        SendIfLoggedIn(FrameCodec.Write(turn));
        return true;
    }

    /// <summary>Asks whether a peer of a live session is online; without effect while not logged in.</summary>
    public void AskPresence(string peer) => SendIfLoggedIn(FrameCodec.Write(new ClientFrame.Presence(Canonical(peer))));

    /// <summary>The session is over: what it still wanted, but for its goodbyes, is not repeated any more.</summary>
    public void Forget(string session)
    {
        _sent.RemoveWhere(signal => signal.Session == session && signal.Kind != SignalKind.Bye);
        _turns.RemoveWhere(turn => turn.Session == session);
    }

    /// <summary>Something makes us doubt that the switchboard still hears us: finds out within <see cref="SwitchboardClientOptions.ProbeTimeout"/>.</summary>
    public void Probe(Instant now)
    {
        if (_phase == Phase.LoggedIn)
        {
            SendPing(now);
            _deadline = Instant.Min(_deadline, now + _options.ProbeTimeout);
        }
        else if (_phase == Phase.Pausing)
        {
            Open(now);
        }
    }

    public void HandleOpened(long stream, Instant now)
    {
        if (stream != _stream || _phase != Phase.Opening)
        {
            return;
        }

        _phase = Phase.LoggingIn;
        _deadline = now + _options.StepTimeout;
        _events.Enqueue(new SwitchboardClientEvent.Connected(stream));
        Send(_login.Begin());
    }

    /// <summary>The stream ended, or could not be opened.</summary>
    /// <param name="stream">Its number.</param>
    /// <param name="sentence">Why, where the driver knows.</param>
    /// <param name="now">Now.</param>
    public void HandleClosed(long stream, string? sentence, Instant now)
    {
        if (stream != _stream || _phase is Phase.Stopped or Phase.Pausing)
        {
            return;
        }

        var reason = _phase == Phase.Opening ? DisconnectReason.Unreachable : DisconnectReason.Closed;
        Disconnect(reason, sentence ?? (reason == DisconnectReason.Unreachable ? "The switchboard cannot be reached." : "The connection ended."), now);
    }

    public void HandleFrame(long stream, ReadOnlySpan<byte> utf8, Instant now)
    {
        if (stream != _stream || _phase is not (Phase.LoggingIn or Phase.LoggedIn))
        {
            return;
        }

        var error = FrameCodec.TryParse(utf8, out ServerFrame? frame);
        if (error != FrameError.None)
        {
            Disconnect(DisconnectReason.Malformed, error.Sentence(), now);
            return;
        }

        if (_phase == Phase.LoggedIn)
        {
            _deadline = now + _options.SilenceTimeout;
        }

        Dispatch(frame!, now);
    }

    public void HandleDeadline(Instant now)
    {
        if (now >= _deadline)
        {
            switch (_phase)
            {
                case Phase.Pausing:
                    Open(now);
                    break;
                case Phase.Opening:
                    Disconnect(DisconnectReason.Unreachable, "The switchboard cannot be reached.", now);
                    break;
                default:
                    Disconnect(DisconnectReason.Silent, "The switchboard does not answer.", now);
                    break;
            }
        }
        else if (now >= _nextPing)
        {
            SendPing(now);
        }
    }

    /// <summary>The next frame for the stream that is open.</summary>
    public bool TryTakeFrame(out ReadOnlyMemory<byte> utf8) => _frames.TryDequeue(out utf8);

    public bool TryTakeEvent([NotNullWhen(true)] out SwitchboardClientEvent? happened) => _events.TryDequeue(out happened);

    private void Dispatch(ServerFrame frame, Instant now)
    {
        switch (frame)
        {
            case ServerFrame.Refused refused when refused.Code.EndsConnection() || _phase != Phase.LoggedIn:
                Disconnect(DisconnectReason.Refused, refused.Sentence, now, refused.Code);
                break;
            case ServerFrame.Bye bye:
                Leave(bye.Reason, now);
                break;
            case ServerFrame.Challenge or ServerFrame.Welcome:
                LogIn(frame, now);
                break;
            case var _ when _phase != Phase.LoggedIn:
                Disconnect(DisconnectReason.Malformed, "The switchboard speaks out of turn.", now);
                break;
            case ServerFrame.Signal signal:
                Receive(signal);
                break;
            case ServerFrame.Ack ack when _sent.TryRemove(ack.Seq, out var sent):
                _events.Enqueue(new SwitchboardClientEvent.SignalDelivered(sent.To, sent.Session, sent.Seq));
                break;
            case ServerFrame.Refused refused:
                GiveUp(refused);
                break;
            case ServerFrame.Turn turn when _turns.RemoveWhere(asked => asked.Session == turn.Session) > 0:
                _events.Enqueue(new SwitchboardClientEvent.TurnGranted(turn.Session, turn.Grant));
                break;
            case ServerFrame.Presence presence:
                _events.Enqueue(new SwitchboardClientEvent.PresenceChanged(presence.Name, presence.Online));
                break;
        }
    }

    private void LogIn(ServerFrame frame, Instant now)
    {
        if (_phase != Phase.LoggingIn || !_login.TryAnswer(frame, out var answer))
        {
            Disconnect(DisconnectReason.Malformed, "The switchboard speaks out of turn.", now);
            return;
        }

        if (_login.IsWrongServer)
        {
            Disconnect(DisconnectReason.WrongServer, "The switchboard's key is not the one we know: another may pretend to be it.", now);
            return;
        }

        if (answer is not null)
        {
            Send(answer);
            return;
        }

        _phase = Phase.LoggedIn;
        _loggedInAt = now;
        _deadline = now + _options.SilenceTimeout;
        _nextPing = now + _options.PingInterval;
        Stats.Logins++;
        _events.Enqueue(new SwitchboardClientEvent.LoggedIn((ServerFrame.Welcome)frame, _login.ServerKey!));
        Repeat();
    }

    private void Repeat()
    {
        foreach (var signal in _sent.InOrder)
        {
            Stats.SignalsRepeated++;
            _frames.Enqueue(signal.Frame);
        }

        foreach (var turn in _turns)
        {
            Send(turn);
        }
    }

    private void Receive(ServerFrame.Signal signal)
    {
        Send(new ClientFrame.Ack(signal.From, signal.Run, signal.Seq));
        if (!_seen.TryAdd(signal.From, signal.Run, signal.Seq))
        {
            Stats.SignalsDoubled++;
            return;
        }

        Stats.SignalsReceived++;
        var error = FrameCodec.TryParse(signal.Kind, signal.Payload, out var payload);
        _events.Enqueue(error == FrameError.None
            ? new SwitchboardClientEvent.SignalReceived(signal.From, signal.Key, signal.Session, payload!)
            : new SwitchboardClientEvent.SignalUnreadable(signal.From, signal.Session, error));
    }

    private void GiveUp(ServerFrame.Refused refused)
    {
        var session = refused.Session;
        if (refused.Seq is { } seq)
        {
            session = _sent.TryRemove(seq, out var sent) ? sent.Session : session;
        }
        else if (session is not null)
        {
            _turns.RemoveWhere(turn => turn.Session == session);
        }

        _events.Enqueue(new SwitchboardClientEvent.Refused(refused.Code, refused.Sentence, refused.Seq, session));
    }

    private void Leave(ByeReason reason, Instant now)
    {
        if (reason == ByeReason.Replaced)
        {
            Disconnect(DisconnectReason.Replaced, "The same name has logged in from elsewhere.", now);
        }
        else
        {
            Disconnect(DisconnectReason.Stopping, "The switchboard stops.", now);
        }
    }

    private void Open(Instant now)
    {
        _phase = Phase.Opening;
        _deadline = now + _options.StepTimeout;
        Stats.Attempts++;
        _events.Enqueue(new SwitchboardClientEvent.OpenStream(++_stream));
    }

    private void Disconnect(DisconnectReason reason, string sentence, Instant now, RefusalCode code = RefusalCode.Unknown)
    {
        if (_phase == Phase.LoggedIn && now - _loggedInAt >= _options.Settled)
        {
            _pause.Reset();
        }

        if (_phase is Phase.Opening or Phase.LoggingIn or Phase.LoggedIn)
        {
            _events.Enqueue(new SwitchboardClientEvent.CloseStream(_stream));
        }

        var final = reason is DisconnectReason.Stopped or DisconnectReason.Replaced or DisconnectReason.WrongServer || code.IsFinal();
        _phase = final ? Phase.Stopped : Phase.Pausing;
        _deadline = final ? Instant.Never : now + _pause.Next();
        _nextPing = Instant.Never;
        _frames.Clear();
        _events.Enqueue(new SwitchboardClientEvent.Disconnected(reason, sentence, _deadline));
    }

    private void SendPing(Instant now)
    {
        Send(new ClientFrame.Ping());
        _nextPing = now + _options.PingInterval;
    }

    private void SendIfLoggedIn(byte[] frame)
    {
        if (_phase == Phase.LoggedIn)
        {
            _frames.Enqueue(frame);
        }
    }

    private void Send(ClientFrame frame) => _frames.Enqueue(FrameCodec.Write(frame));

    private static string Canonical(string name) =>
        PeerName.TryParse(name, out var canonical) ? canonical : throw new ArgumentException(PeerName.Rule, nameof(name));
}
