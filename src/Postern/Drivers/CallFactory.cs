using Postern.Discovery;
using Postern.Drivers.Nat;
using Postern.Drivers.Probing;
using Postern.Protocol.Net;
using Postern.Sessions.Calls;
using Postern.Sessions.Dtls;
using Postern.Transports;

namespace Postern.Drivers;

/// <summary>Makes sessions with what this client has: its identity, its relays, its certificate.</summary>
internal sealed class CallFactory(PosternClientOptions options, string localName, IReadOnlyList<Endpoint> stunServers, NatSurvey survey) : IDisposable
{
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create();
    private readonly SharedPairMemories? _memories = options.IsService ? null : new(options.StateFolder);
    private readonly SharedProbeBudget? _budget = options.IsService ? null : new(options.StateFolder);

    /// <summary>A session that is ready to run.</summary>
    /// <param name="role">Who calls.</param>
    /// <param name="signal">Its signals.</param>
    /// <param name="remoteKey">Names the key that the other side must have signed with.</param>
    /// <param name="relays">The relays to use; null where they are still being asked for.</param>
    public PosternSession Make(CallRole role, SessionSignal signal, Func<string?> remoteKey, IEnumerable<RelayServer>? relays)
    {
        var epoch = options.Time.GetUtcNow() - TimeSpan.FromSeconds(1); // the alarm's clock begins at one second
        var call = new Call(
            new CallOptions
            {
                Role = role,
                Session = signal.Session,
                LocalName = localName,
                RemoteName = signal.Peer,
                Certificate = _certificate,
                Identity = options.Identity,
                RemoteKey = remoteKey,
                StunServers = stunServers,
                RelayOnly = options.RelayOnly,
                Memories = _memories,
                Budget = _budget is null ? null : new CallBudget(_budget, epoch, options.Time),
                Probe = options.Probe,
                NatReport = survey.Foremost,
                Epoch = epoch,
            },
            SystemRandom.Instance);
        var driver = new CallDriver(call, options.Time, relay: new SwitchboardDial(options.Server, options.Dialling).Relay);
        if (driver.OpenSockets(LocalAddresses.Find([.. stunServers.Select(server => server.Address)])) == 0)
        {
            driver.Dispose();
            throw new ConnectException(ConnectFailure.NoPath, "This computer has no network address to speak from.");
        }

        driver.Do((machine, now) => machine.ExpectRelays(relays is null, now));
        foreach (var relay in relays ?? [])
        {
            driver.Do((machine, now) => machine.UseRelay(relay, now));
        }

        driver.Do((machine, now) => machine.Start(now));
        return new(signal.Peer, role == CallRole.Caller, driver, signal, options.Time.GetUtcNow());
    }

    /// <summary>New flows to servers of ours: whoever counts ports on the way sees them too.</summary>
    public void NoteServers(IEnumerable<Endpoint> servers)
    {
        var now = Instant.Zero + (options.Time.GetUtcNow() - DateTimeOffset.UnixEpoch);
        foreach (var server in servers)
        {
            _budget?.NoteServer(server, now);
        }
    }

    public void Dispose() => _certificate.Dispose();
}
