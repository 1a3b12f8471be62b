using Postern.Discovery;
using Postern.Drivers;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Sessions.Calls;
using Postern.Sessions.Dtls;

namespace Postern;

/// <summary>
/// An encrypted way to one peer over any signalling of yours: datagrams, and the session with its channels. It exists only
/// connected.
/// </summary>
public sealed class PeerPath : IAsyncDisposable
{
    private readonly DtlsCertificate _certificate;

    private PeerPath(PosternSession session, DtlsCertificate certificate)
    {
        Session = session;
        _certificate = certificate;
    }

    /// <summary>The session that runs over it.</summary>
    public PosternSession Session { get; }

    /// <summary>The kind of path in use; null while there is none.</summary>
    public PathKind? Kind => Session.Path;

    /// <summary>What was tried, and why the present path won.</summary>
    public ConnectReport Report => Session.Report;

    /// <summary>Connects. Throws <see cref="ConnectException"/> with the report of what was tried.</summary>
    public static async Task<PeerPath> ConnectAsync(ConnectOptions options, CancellationToken cancellationToken = default)
    {
        var certificate = DtlsCertificate.Create();
        var session = Make(options, certificate);
        try
        {
            await session.RunAsync(cancellationToken).WaitAsync(options.Timeout, options.Time, cancellationToken).ConfigureAwait(false);
            return new(session, certificate);
        }
        catch (TimeoutException)
        {
            var report = session.Report;
            await CloseAsync(session, certificate).ConfigureAwait(false);
            throw new ConnectException(ConnectFailure.Timeout, $"The other side did not answer within {options.Timeout.TotalSeconds:0} s.", report);
        }
        catch
        {
            await CloseAsync(session, certificate).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends a datagram: unordered, never repeated.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Session.SendDatagram(datagram.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>The datagrams that arrive.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveAllAsync(CancellationToken cancellationToken = default) => Session.ReceiveDatagramsAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync(Session, _certificate).ConfigureAwait(false);

    private static async Task CloseAsync(PosternSession session, DtlsCertificate certificate)
    {
        await session.DisposeAsync().ConfigureAwait(false);
        certificate.Dispose();
    }

    private static PosternSession Make(ConnectOptions options, DtlsCertificate certificate)
    {
        var stun = options.StunServers.Select(server => new Endpoint(server.Address, (ushort)server.Port)).ToArray();
        var call = new Call(
            new CallOptions
            {
                Role = options.IsCaller ? CallRole.Caller : CallRole.Callee,
                Session = options.Session,
                LocalName = options.LocalName,
                RemoteName = options.RemoteName,
                Certificate = certificate,
                Identity = options.Identity,
                RemoteKey = options.RemoteKey is { } key ? () => key : null,
                StunServers = stun,
                RelayOnly = options.RelayOnly,
                GatherFirst = options.GatherFirst,
                NatReport = options.NatReport,
                Probe = options.Probe,
                Epoch = options.Time.GetUtcNow() - TimeSpan.FromSeconds(1),
            },
            SystemRandom.Instance);
        var driver = new CallDriver(call, options.Time, options.Bind);
        var addresses = options.LocalAddresses?.Select(IpAddress.From)
            ?? LocalAddresses.Find([.. stun.Concat(options.Relays.Select(relay => relay.Server)).Select(server => server.Address)]);
        driver.OpenSockets(addresses);
        foreach (var relay in options.Relays)
        {
            driver.Do((machine, now) => machine.UseRelay(relay, now));
        }

        driver.Do((machine, now) => machine.Start(now));
        return new(options.RemoteName, options.IsCaller, driver, options.Signal, options.Time.GetUtcNow());
    }
}
