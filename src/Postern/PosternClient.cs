using System.Collections.Concurrent;
using System.Threading.Channels;
using Postern.Drivers;
using Postern.Drivers.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;
using Postern.Sessions.Calls;
using Postern.Transports;

namespace Postern;

/// <summary>
/// A name on a switchboard, from which others can be called and which others can call. It stays registered, through losses of
/// the connection and restarts of the server, until disposed; sessions that stand do not depend on it.
/// </summary>
public sealed class PosternClient : IAsyncDisposable
{
    /// <summary>Callers that wait for an answer; a further one is told that we are busy.</summary>
    private const int WaitingCallers = 64;

    private readonly PosternClientOptions _options;
    private readonly ServerPin _server;
    private readonly SwitchboardDriver _switchboard;
    private readonly OfferDesk _offers;
    private readonly ConcurrentDictionary<string, SessionSignal> _signals = new(StringComparer.Ordinal);
    private readonly RelayGrants _grants;
    private readonly ConcurrentDictionary<string, OutgoingCall> _outgoing = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<PosternSession, SessionSignal> _sessions = [];
    private readonly Channel<IncomingSession> _incoming = Channel.CreateBounded<IncomingSession>(WaitingCallers);
    private readonly Channel<bool> _registrations =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly TaskCompletionSource<ServerFrame.Welcome> _registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private NatSurvey _survey;
    private CallFactory? _calls;
    private int _replacements;

    private PosternClient(PosternClientOptions options)
    {
        _options = options;
        _server = new ServerPin(options);
        _switchboard = new SwitchboardDriver(new() { Url = options.Server, Name = options.Name, ServerKey = _server.Key, Configure = options.Dialling }, options.Identity, options.Logger, options.Time);
        _offers = new OfferDesk(options);
        _grants = new RelayGrants(_switchboard, options.Time);
        _survey = new NatSurvey(options, []);
        Name = PeerName.TryParse(options.Name, out var name) ? name : options.Name;
    }

    /// <summary>Our name as the switchboard writes it.</summary>
    public string Name { get; private set; }

    /// <summary>The STUN servers that the switchboard names, second addresses and ports included.</summary>
    public IReadOnlyList<Endpoint> StunServers { get; private set; } = [];

    /// <summary>What was measured of this network's NAT so far, one report a family.</summary>
    public Task<IReadOnlyList<Protocol.Nat.NatReport>> NatReports => _survey.Reports;

    /// <summary>Registers. Throws <see cref="ConnectException"/> where the switchboard cannot be reached in time, or refuses.</summary>
    public static async Task<PosternClient> RegisterAsync(PosternClientOptions options, CancellationToken cancellationToken = default)
    {
        var client = new PosternClient(options);
        try
        {
            client._switchboard.Start();
            _ = client.PumpAsync();
            var welcome = await client._registered.Task.WaitAsync(options.Timeout, options.Time, cancellationToken).ConfigureAwait(false);
            await client.AdoptAsync(welcome, cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch (TimeoutException)
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw new ConnectException(ConnectFailure.ServerUnreachable, $"The switchboard at {options.Server.Authority} does not answer; is 'postern up' running there?");
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Calls a peer and returns the session once data can flow. Throws <see cref="ConnectException"/>.</summary>
    public async Task<PosternSession> ConnectAsync(string peer, CancellationToken cancellationToken = default)
    {
        var name = Canonical(peer);
        if (name == Name)
        {
            throw new ConnectException(ConnectFailure.PeerOffline, "That is your own name.");
        }

        var outgoing = new OutgoingCall();
        if (!_outgoing.TryAdd(name, outgoing))
        {
            throw new InvalidOperationException($"A call to {name} is under way already.");
        }

        try
        {
            return await CallAsync(name, outgoing, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _outgoing.TryRemove(name, out _);
        }
    }

    /// <summary>Those who call, with offers that are rightly signed.</summary>
    public IAsyncEnumerable<IncomingSession> IncomingAsync(CancellationToken cancellationToken = default) => _incoming.Reader.ReadAllAsync(cancellationToken);

    /// <summary>From now on: true whenever the switchboard has (again) registered us, false whenever the connection to it was lost.</summary>
    public IAsyncEnumerable<bool> RegistrationsAsync(CancellationToken cancellationToken = default) => _registrations.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Leaves the switchboard. Sessions that stand go on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        _incoming.Writer.TryComplete();
        _registrations.Writer.TryComplete();
        await _switchboard.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    internal async Task<PosternSession> AnswerAsync(SessionSignal signal, CancellationToken cancellationToken)
    {
        var grant = _grants.RequestAsync(signal);
        var session = Make(CallRole.Callee, signal, null);
        _ = AddRelaysAsync(session, grant);
        return await RunAsync(session, signal, cancellationToken).ConfigureAwait(false);
    }

    internal void Forget(SessionSignal signal)
    {
        _signals.TryRemove(signal.Session, out _);
        _grants.Refuse(signal.Session);
        signal.Complete();
        _switchboard.Forget(signal.Session);
    }

    private CallFactory Calls => _calls ?? throw new InvalidOperationException("The client is not registered.");

    private async Task<PosternSession> CallAsync(string name, OutgoingCall outgoing, CancellationToken cancellationToken)
    {
        var signal = Open(name, SessionDescription.NewId(SystemRandom.Instance));
        var relays = await _grants.RequestAsync(signal).ConfigureAwait(false);
        var session = Make(CallRole.Caller, signal, relays);
        var calling = RunAsync(session, signal, cancellationToken);
        if (await Task.WhenAny(calling, outgoing.Yielded).ConfigureAwait(false) == calling)
        {
            return await calling.ConfigureAwait(false);
        }

        // Both called each other at once: the one with the smaller name keeps its call, and the other's is dropped.
        _ = session.DisposeAsync().AsTask();
        await ((Task)calling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await (await outgoing.Yielded.ConfigureAwait(false)).AcceptAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The pinned key counts; where none is pinned, the one that the switchboard names, which is pinned from then on.</summary>
    private PosternSession Make(CallRole role, SessionSignal signal, IReadOnlyList<RelayServer>? relays)
    {
        try
        {
            var session = Calls.Make(role, signal, () => _options.Contacts.FindKey(signal.Peer) ?? signal.PeerKey, relays);
            session.RelayWanted = () => _ = AddRelaysAsync(session, _grants.RequestAsync(signal));
            return session;
        }
        catch
        {
            _switchboard.TrySendSignal(signal.Peer, signal.Session, new SignalPayload.Bye(HangUp.NoPath), out _);
            Forget(signal);
            throw;
        }
    }

    private async Task<PosternSession> RunAsync(PosternSession session, SessionSignal signal, CancellationToken cancellationToken)
    {
        try
        {
            _ = TellNatAsync(session);
            await session.RunAsync(cancellationToken).WaitAsync(_options.Timeout, _options.Time, cancellationToken).ConfigureAwait(false);
            _sessions.TryAdd(session, signal);
            if (signal.PeerKey is { } key)
            {
                _options.Contacts.Pin(signal.Peer, key);
            }

            _ = ForgetAtEndAsync(session, signal);
            return session;
        }
        catch (TimeoutException)
        {
            var report = session.Report;
            await session.DisposeAsync().ConfigureAwait(false);
            Forget(signal);
            throw new ConnectException(ConnectFailure.Timeout, $"{signal.Peer} did not answer within {_options.Timeout.TotalSeconds:0} s.", report);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            Forget(signal);
            throw;
        }
    }

    private async Task ForgetAtEndAsync(PosternSession session, SessionSignal signal)
    {
        await session.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _sessions.TryRemove(session, out _);
        Forget(signal);
    }

    private SessionSignal Open(string peer, string session)
    {
        var signal = new SessionSignal(peer, session, (to, id, payload) => _switchboard.TrySendSignal(to, id, payload, out _));
        _signals[session] = signal;
        return signal;
    }

    private async Task TellNatAsync(PosternSession session)
    {
        if (await _survey.ForemostAsync().ConfigureAwait(false) is { } report)
        {
            session.LearnNat(report);
        }
    }

    private static async Task AddRelaysAsync(PosternSession session, Task<IReadOnlyList<RelayServer>> grant)
    {
        foreach (var relay in await grant.ConfigureAwait(false))
        {
            session.UseRelay(relay);
        }

        session.ExpectRelays(false);
    }

    private async Task AdoptAsync(ServerFrame.Welcome welcome, CancellationToken cancellationToken)
    {
        Name = welcome.Name;
        var places = await RelayPlaces.ResolveAsync(_options.Server, welcome.Relays, cancellationToken).ConfigureAwait(false);
        _grants.Servers = places.Relays;
        _grants.OfferStream = _options.IsService ? _grants.OfferStream : places.OfferStream; // a service stands beside its relay
        StunServers = places.Stun;
        _survey = new NatSurvey(_options, StunServers) { Measuring = () => _calls?.NoteServers(StunServers) };
        _calls = new CallFactory(_options, Name, places.Relays, _survey);
        _calls.NoteServers(Switchboard);
        _survey.Start(_stop.Token);
    }

    /// <summary>Where our connection to it ends, as far as a counter of ports can tell.</summary>
    private IEnumerable<Endpoint> Switchboard => StunServers.Take(1).Select(server => server with { Port = (ushort)_options.Server.Port });

    private async Task PumpAsync()
    {
        await foreach (var happened in _switchboard.Events.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                Handle(happened);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                _options.Logger.EventFailed(e); // the user's contact book, say: one event is lost, not the client
            }
        }

        var gone = new ConnectException(ConnectFailure.ServerUnreachable, "The client has left the switchboard.");
        _registered.TrySetException(gone);
        foreach (var signal in _signals.Values)
        {
            signal.Complete(gone);
        }
    }

    private void Handle(SwitchboardClientEvent happened)
    {
        switch (happened)
        {
            case SwitchboardClientEvent.LoggedIn login:
                _server.Remember(login.ServerKey);
                _registered.TrySetResult(login.Welcome);
                _registrations.Writer.TryWrite(true);
                _calls?.NoteServers(Switchboard);
                foreach (var session in _sessions.Keys)
                {
                    session.RefreshRelays();
                }

                break;
            case SwitchboardClientEvent.SignalReceived signal:
                Receive(signal);
                break;
            case SwitchboardClientEvent.TurnGranted turn:
                _grants.Grant(turn.Session, turn.Grant);
                break;
            case SwitchboardClientEvent.Refused refused:
                Refuse(refused);
                break;
            case SwitchboardClientEvent.Disconnected lost:
                _registrations.Writer.TryWrite(false);
                if (lost.Reason == DisconnectReason.Replaced)
                {
                    _ = ComeBackAsync();
                }

                _registered.TrySetException(Unreachable.Explain(lost, _options));
                break;
        }
    }

    /// <summary>Another program of the same user has taken the name: it is taken back when that may be done.</summary>
    private async Task ComeBackAsync()
    {
        var wait = TimeSpan.FromSeconds(Math.Min(300, 10 << Math.Min(5, _replacements++)));
        await Task.Delay(wait, _options.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_stop.IsCancellationRequested)
        {
            _switchboard.Start();
        }
    }

    private void Receive(SwitchboardClientEvent.SignalReceived received)
    {
        if (_signals.TryGetValue(received.Session, out var known))
        {
            if (_options.Contacts.FindKey(known.Peer) is { } pinned && pinned != received.Key)
            {
                known.Complete(new ConnectException(ConnectFailure.WrongIdentity, DescriptionError.WrongKey.Sentence()));
            }
            else if (known.Peer == received.From)
            {
                known.Receive(received.Key, received.Payload);
            }

            return;
        }

        if (received.Payload is not SignalPayload.Described { Description: var offer })
        {
            return; // of a session that is over
        }

        var signal = Open(received.From, received.Session);
        if (_offers.Judge(offer, received, Name) is { } refusal)
        {
            _switchboard.TrySendSignal(received.From, received.Session, new SignalPayload.Bye(HangUp.Refused, refusal), out _);
            Forget(signal);
            return;
        }

        signal.Receive(received.Key, received.Payload);
        Announce(new IncomingSession(this, signal));
    }

    private void Announce(IncomingSession call)
    {
        if (_outgoing.TryGetValue(call.From, out var outgoing))
        {
            if (string.CompareOrdinal(Name, call.From) < 0)
            {
                Forget(call.Signal); // ours is kept; the other side sees the same and takes it
            }
            else
            {
                outgoing.Yield(call);
            }
        }
        else if (!_incoming.Writer.TryWrite(call))
        {
            _ = call.RejectAsync("busy", _stop.Token);
        }
    }

    private void Refuse(SwitchboardClientEvent.Refused refused)
    {
        if (refused.Session is not { } session)
        {
            return;
        }

        _grants.Refuse(session);
        if (refused.Code != RefusalCode.NoRelay && _signals.TryGetValue(session, out var signal))
        {
            var isAway = refused.Code is RefusalCode.PeerOffline or RefusalCode.NoSuchName or RefusalCode.QueueFull;
            signal.Complete(new ConnectException(isAway ? ConnectFailure.PeerOffline : ConnectFailure.RefusedByServer, Absence.Explain(refused, signal.Peer)));
        }
    }

    private static string Canonical(string peer) =>
        PeerName.TryParse(peer, out var name) ? name : throw new ConnectException(ConnectFailure.PeerOffline, PeerName.Rule);
}
