using Postern.Lab.Simulator.Hosts.Proxies;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;
using Postern.Sessions.Calls;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>A whole peer on a computer: it logs in at the switchboard, measures its NAT, calls, and answers everybody.</summary>
public sealed class PeerProgram : IProgram, IDisposable
{
    private readonly Computer _computer;
    private readonly PeerOptions _options;
    private readonly SwitchboardClient _switchboard;
    private readonly Dictionary<string, PeerCall> _calls = [];
    private readonly Dictionary<string, string> _keys = [];
    private MeasuringProgram? _measuring;
    private FrameStream? _stream;

    public PeerProgram(Computer computer, PeerOptions options)
    {
        (_computer, _options) = (computer, options);
        _switchboard = new(new() { Name = options.Name, Host = "switchboard" }, options.Keys.Identity, computer.World.Random);
        computer.Run(this);
        if (options.StartsAfter == TimeSpan.Zero)
        {
            Start();
        }
        else
        {
            computer.World.At(options.StartsAfter, Start);
        }
    }

    public string Name => _options.Name;

    public bool IsLoggedIn => _switchboard.IsLoggedIn;

    /// <summary>What was measured; empty where nothing is asked for or it is not done.</summary>
    public IReadOnlyList<NatReport> Nat => _measuring is { IsDone: true } ? _measuring.Reports : [];

    /// <summary>Whether it can call: logged in, and its NAT measured where it is to be.</summary>
    public bool IsReady => IsLoggedIn && (_options.StunServers.Count == 0 || _measuring is { IsDone: true });

    /// <summary>Why the switchboard was lost, or not reached, the last time; null for never.</summary>
    public string? Trouble { get; private set; }

    /// <summary>All calls, in the order of their beginning.</summary>
    public List<PeerCall> Calls { get; } = [];

    /// <summary>Calls begin without what was measured, as in a network that is new.</summary>
    public bool BeginsUnmeasured { get; set; }

    /// <summary>Sees, and may change, what the switchboard brings.</summary>
    public Func<SignalPayload, SignalPayload>? Tamper { get; set; }

    public Instant NextDeadline => _switchboard.NextDeadline;

    public void HandleDeadline(Instant now) => Touch(() => _switchboard.HandleDeadline(now));

    /// <summary>Calls a peer; the offer leaves as soon as the relay's credentials are here.</summary>
    public PeerCall Call(string peer)
    {
        var session = SessionDescription.NewId(_computer.World.Random);
        var call = Make(CallRole.Caller, session, peer);
        AskForRelay(session, peer, call);
        call.Do((machine, now) => machine.Start(now));
        return call;
    }

    /// <summary>Tells a peer something outside of calls; lost where nobody is logged in.</summary>
    public void Tell(string peer, string session, SignalPayload payload) => Touch(() => _switchboard.TrySendSignal(peer, session, payload, out _));

    public void Dispose() => Calls.ForEach(call => call.Dispose());

    /// <summary>The first endpoint of the switchboard in whose family this computer has an address.</summary>
    internal Dial Dialled => new(_options.Server.First(endpoint => _computer.Addresses.Any(address => address.IsV4 == endpoint.IsV4)), _options.Proxy);

    private NatReport Remember(NatReport measured) => _options.Remembered?.Invoke(measured) ?? measured;

    private void Start() => Touch(() => _switchboard.Start(_computer.World.Now));

    private PeerCall Make(CallRole role, string session, string peer)
    {
        var options = new CallOptions
        {
            Role = role,
            Session = session,
            LocalName = Name,
            RemoteName = peer,
            Certificate = _options.Keys.Certificate,
            Identity = _options.Keys.Identity,
            RemoteKey = () => _keys.GetValueOrDefault(session),
            StunServers = _options.Server,
            RelayOnly = _options.RelayOnly,
            Budget = _options.Budget,
            Memories = _options.Memories,
            Probe = _options.Probe,
            NatReport = BeginsUnmeasured || Nat.Count == 0 ? null : Remember(Nat.FirstOrDefault(report => !report.UdpBlocked) ?? Nat[0]),
        };
        var call = new PeerCall(_computer, options, payload => Tell(peer, session, payload)) { RelayStreamsAt = Dialled };
        call.RelayWanted = () => AskForRelay(session, peer, call);
        _calls[session] = call;
        Calls.Add(call);
        return call;
    }

    private void AskForRelay(string session, string peer, PeerCall call)
    {
        call.Do((machine, now) => machine.ExpectRelays(true, now));
        Touch(() => _switchboard.TryRequestTurn(session, peer));
        _computer.World.At(TimeSpan.FromSeconds(2), () => call.Do((machine, now) => machine.ExpectRelays(false, now)));
    }

    private void Touch(Action action)
    {
        action();
        while (_switchboard.TryTakeFrame(out var frame))
        {
            _stream?.Send(frame.Span);
        }

        while (_switchboard.TryTakeEvent(out var happened))
        {
            Handle(happened);
        }
    }

    private void Handle(SwitchboardClientEvent happened)
    {
        switch (happened)
        {
            case SwitchboardClientEvent.OpenStream open:
                Open(open.Stream);
                break;
            case SwitchboardClientEvent.CloseStream:
                _stream?.Close();
                _stream = null;
                break;
            case SwitchboardClientEvent.LoggedIn:
                NoteServers();
                _measuring ??= _options.StunServers.Count > 0 ? new(_computer, new() { Servers = _options.StunServers }) : null;
                foreach (var call in Calls.Where(call => call.Ended is null))
                {
                    call.Do((machine, now) => machine.RefreshRelays(now));
                }

                break;
            case SwitchboardClientEvent.Disconnected lost:
                Trouble = lost.Sentence;
                break;
            case SwitchboardClientEvent.TurnGranted turn when _calls.TryGetValue(turn.Session, out var call):
                Grant(call, turn.Grant);
                break;
            case SwitchboardClientEvent.SignalReceived signal:
                Receive(signal);
                break;
        }
    }

    /// <summary>As the client does: the switchboard, and whom the measuring asks.</summary>
    private void NoteServers()
    {
        foreach (var server in _options.Server.Concat(_measuring is null ? _options.StunServers : []))
        {
            _options.Budget.NoteServer(server, _computer.World.Now);
        }
    }

    private void Open(long number)
    {
        var stream = new FrameStream(_computer)
        {
            Opened = _ => Touch(() => _switchboard.HandleOpened(number, _computer.World.Now)),
            Received = (_, frame) => Touch(() => _switchboard.HandleFrame(number, frame, _computer.World.Now)),
            Closed = closed => Touch(() => _switchboard.HandleClosed(number, closed.Refusal, _computer.World.Now)),
        };
        _stream = stream;
        stream.Connect(Dialled);
    }

    private void Grant(PeerCall call, TurnGrant grant)
    {
        foreach (var server in _options.Server)
        {
            call.Do((machine, now) => machine.UseRelay(new(server, grant.Username, grant.Password) { OffersStream = true }, now));
        }

        call.Do((machine, now) => machine.ExpectRelays(false, now));
    }

    private void Receive(SwitchboardClientEvent.SignalReceived signal)
    {
        var payload = Tamper?.Invoke(signal.Payload) ?? signal.Payload;
        _keys.TryAdd(signal.Session, signal.Key);
        if (!_calls.TryGetValue(signal.Session, out var call))
        {
            if (payload is not SignalPayload.Described { Kind: SignalKind.Offer })
            {
                return;
            }

            call = Make(CallRole.Callee, signal.Session, signal.From);
            AskForRelay(signal.Session, signal.From, call);
            call.Do((machine, now) => machine.Start(now));
        }

        call.Do((machine, now) => machine.HandleSignal(payload, now));
    }
}
