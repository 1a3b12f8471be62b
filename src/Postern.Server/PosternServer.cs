using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Server;
using Postern.Protocol.Turn;
using Postern.Server.Relay;
using Postern.Server.Storage;
using Postern.Server.Switchboard;

namespace Postern.Server;

/// <summary>Switchboard, relay and the built-in peer echo in one process, with one folder of data.</summary>
public sealed class PosternServer : IAsyncDisposable
{
    /// <summary>How long minted TURN credentials let a client allocate; what is allocated by then lives on.</summary>
    private static readonly TimeSpan CredentialLifetime = TimeSpan.FromHours(12);

    private readonly PosternServerOptions _options;
    private readonly NameStore _store;
    private readonly RelayDriver _relay;
    private readonly SwitchboardHost _switchboard;
    private EchoPeer? _echo;

    private PosternServer(PosternServerOptions options, NameStore store)
    {
        _options = options;
        _store = store;
        var first = options.Listen[0];
        var secret = Convert.ToHexStringLower(store.Secrets.Turn);
        _relay = RelayDriver.Start(new()
        {
            Listen = options.Listen,
            SecondPort = (ushort)(first.Port + 1),
            Users = new TurnRestUsers(secret),
            NonceSecret = store.Secrets.Nonce,
            PublicV4 = options.PublicAddress is { IsV4: true } ? options.PublicAddress : null,
            PublicV6 = options.PublicAddress is { IsV4: false } ? options.PublicAddress : null,
            Peers = new PeerPolicy(allow: [.. options.AllowedPeers, .. LoopbackOf(options)]),
            TakesOldChannels = true, // clients of RFC 5766 are still about, coturn's own among them, and nothing else speaks on this port
            Quotas = new() { PerName = EchoPeer.MaximumSessions },
            Time = options.Time,
            Logger = options.Logs.CreateLogger<RelayDriver>(),
        });
        _switchboard = new(
            new()
            {
                Switchboard = new() { Relays = Relays() },
                Mint = (session, name) => Mint(secret, session, name),
                Status = Status,
                Relay = _relay,
            },
            store,
            options.Logs,
            options.Time);
        _switchboard.Load(EchoPeer.Name, store.Secrets.Echo.PublicKey);
    }

    /// <summary>Where the switchboard listens.</summary>
    public Protocol.Net.Endpoint Switchboard => _options.Listen[0];

    /// <summary>Where the relay is reached.</summary>
    public IReadOnlyList<Protocol.Net.Endpoint> RelayEndpoints => _relay.Endpoints;

    /// <summary>Opens the data and begins to serve. Throws <see cref="IOException"/> or <see cref="System.Net.Sockets.SocketException"/> where an address is taken.</summary>
    public static async Task<PosternServer> StartAsync(PosternServerOptions options, CancellationToken cancellationToken)
    {
        var store = NameStore.Open(options.DataFolder);
        PosternServer server;
        try
        {
            server = new(options, store);
        }
        catch
        {
            store.Dispose();
            throw;
        }

        try
        {
            await server.OpenAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_echo is not null)
        {
            await _echo.DisposeAsync().ConfigureAwait(false);
        }

        await _relay.DisposeAsync().ConfigureAwait(false); // first, for its streams are told through the switchboard's port
        await _switchboard.DisposeAsync().ConfigureAwait(false);
        _store.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        var endpoint = Switchboard;
        await _switchboard.ListenAsync(new IPEndPoint(endpoint.Address.ToIPAddress(), endpoint.Port), cancellationToken).ConfigureAwait(false);
        var dialled = endpoint.Address.IsUnspecified ? endpoint with { Address = endpoint.IsV4 ? IpAddress.Loopback : IpAddress.LoopbackV6 } : endpoint;
        _echo = await EchoPeer.StartAsync(
            new()
            {
                Server = new($"ws://{dialled}{SwitchboardHostOptions.Path}"),
                Name = EchoPeer.Name,
                Identity = _store.Secrets.Echo,
                NatReports = [],
                IsService = true,
                Time = _options.Time,
            },
            _options.Logs.CreateLogger<EchoPeer>(),
            cancellationToken).ConfigureAwait(false);
    }

    private TurnGrant Mint(string secret, string session, string name)
    {
        var expires = (_options.Time.GetUtcNow() + CredentialLifetime).ToUnixTimeSeconds();
        var minted = TurnRestCredential.Mint(secret, session, name, expires);
        return new(minted.Username, minted.Password, expires, []);
    }

    // Where every address is listened on and none is named, a client finds the relay at the host that it dialled.
    private RelayEndpoint[] Relays()
    {
        var first = _options.Listen[0];
        var host = _options.PublicAddress ?? first.Address;
        var second = _options.Listen.Skip(1).FirstOrDefault(other => other.IsV4 == first.IsV4 && other.Port == first.Port);
        var relays = new List<RelayEndpoint>
        {
            new(first.Port, host.IsUnspecified ? null : host.ToString(), first.Port + 1, second == Protocol.Net.Endpoint.None ? null : second.Address.ToString(), Stream: true),
        };
        relays.AddRange(_options.Listen.Skip(1).Where(other => other.IsV4 != first.IsV4).Select(other => new RelayEndpoint(other.Port, other.Address.IsUnspecified ? null : other.Address.ToString(), other.Port + 1)));
        return [.. relays];
    }

    private JsonObject Status()
    {
        var relay = _relay.Stats;
        var switchboard = _switchboard.Stats;
        return new()
        {
            ["switchboard"] = new JsonObject
            {
                ["connectionsOpened"] = switchboard.Opened,
                ["loggedIn"] = switchboard.LoggedIn,
            },
            ["relay"] = new JsonObject
            {
                ["allocations"] = relay.Allocations,
                ["allocated"] = relay.Allocated,
                ["streams"] = _relay.Streams,
                ["dataPackets"] = relay.ToPeers.DataPackets + relay.ToClients.DataPackets,
                ["dataBytes"] = relay.ToPeers.DataBytes + relay.ToClients.DataBytes,
                ["checkPackets"] = relay.ToPeers.CheckPackets + relay.ToClients.CheckPackets,
                ["dropped"] = relay.Dropped,
            },
        };
    }

    /// <summary>A relay that listens on loopback serves peers on loopback: nobody else can reach it.</summary>
    private static IEnumerable<IpPrefix> LoopbackOf(PosternServerOptions options) =>
        options.Listen.All(endpoint => endpoint.Address.IsLoopback) ? [IpPrefix.Parse("127.0.0.0/8"), IpPrefix.Parse("::1/128")] : [];
}
