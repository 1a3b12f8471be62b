using System.Collections.Concurrent;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Frames;
using Postern.Sessions.Calls;
using Postern.Transports;

namespace Postern.Drivers;

/// <summary>Asks the switchboard for TURN credentials, one grant for each session.</summary>
internal sealed class RelayGrants(SwitchboardDriver switchboard, TimeProvider time)
{
    /// <summary>A call does not wait longer: it goes on without a relay, or with one that comes late.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<IReadOnlyList<RelayServer>>> _asked = new(StringComparer.Ordinal);

    /// <summary>Where the relays are.</summary>
    public IReadOnlyList<Endpoint> Servers { get; set; } = [];

    /// <summary>Those that are reached over a stream too.</summary>
    public IReadOnlySet<Endpoint> OfferStream { get; set; } = new HashSet<Endpoint>();

    /// <summary>The relays for a session; none where the switchboard grants none in time.</summary>
    public async Task<IReadOnlyList<RelayServer>> RequestAsync(SessionSignal signal)
    {
        var asked = new TaskCompletionSource<IReadOnlyList<RelayServer>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[signal.Session] = asked;
        if (!switchboard.TryRequestTurn(signal.Session, signal.Peer))
        {
            return [];
        }

        try
        {
            return await asked.Task.WaitAsync(Patience, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return [];
        }
    }

    public void Grant(string session, TurnGrant grant) =>
        Settle(session, [.. Servers.Select(server => new RelayServer(server, grant.Username, grant.Password) { OffersStream = OfferStream.Contains(server) })]);

    public void Refuse(string session) => Settle(session, []);

    private void Settle(string session, IReadOnlyList<RelayServer> relays)
    {
        if (_asked.TryRemove(session, out var asked))
        {
            asked.TrySetResult(relays);
        }
    }
}
