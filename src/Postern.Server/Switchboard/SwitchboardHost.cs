using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Server;
using Postern.Server.Relay;
using Postern.Server.Storage;

namespace Postern.Server.Switchboard;

/// <summary>
/// A switchboard on a TCP port: the WebSocket at <see cref="SwitchboardHostOptions.Path"/>, the relay's at
/// <see cref="SwitchboardHostOptions.RelayPath"/> where there is one, and <c>/healthz</c>. It logs
/// through the given factory only. The store stays its caller's.
/// </summary>
public sealed class SwitchboardHost : IAsyncDisposable
{
    private readonly SwitchboardHostOptions _options;
    private readonly SwitchboardRunner _runner;
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly NameStore _store;
    private WebApplication? _web;

    public SwitchboardHost(SwitchboardHostOptions options, NameStore store, ILoggerFactory logs, TimeProvider? time = null)
    {
        _options = options;
        _store = store;
        _logs = logs;
        _log = logs.CreateLogger<SwitchboardHost>();
        _time = time ?? TimeProvider.System;
        _runner = new SwitchboardRunner(options, store, _log, _time);
    }

    /// <summary>Where it listens; with port 0 asked for, the one that was free.</summary>
    public IPEndPoint? Endpoint { get; private set; }

    /// <summary>The switchboard's public key, for pinning.</summary>
    public string ServerKey => _store.Secrets.Server.PublicKey;

    /// <summary>A copy of the counters.</summary>
    public SwitchboardStats Stats => _runner.Stats;

    /// <summary>A built-in peer: its reserved name logs in with this key.</summary>
    public void Load(string name, string key) => _runner.Load(name, key);

    /// <summary>Begins to listen. Throws <see cref="IOException"/> where the port is taken.</summary>
    public async Task ListenAsync(IPEndPoint endpoint, CancellationToken stop = default)
    {
        if (_web is not null)
        {
            throw new InvalidOperationException("The switchboard listens already.");
        }

        var web = Build(endpoint);
        try
        {
            await web.StartAsync(stop);
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }

        _web = web;
        var bound = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Endpoint = new IPEndPoint(endpoint.Address, bound.Port);
        _log.Listening(Endpoint.ToString(), _runner.Names);
    }

    /// <summary>Says goodbye to the peers and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _runner.Stop();
        if (_web is not null)
        {
            using var patience = new CancellationTokenSource(_options.CloseTimeout, _time);
            await _web.StopAsync(patience.Token);
            await _web.DisposeAsync();
        }

        _runner.Dispose();
    }

    private WebApplication Build(IPEndPoint endpoint)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "postern", EnvironmentName = Environments.Production });
        builder.Configuration.Sources.Clear(); // neither environment variables nor files of the working folder change what is listened on
        builder.Services.AddSingleton(_logs);
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = ListeningSocket.Bind);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentUpgradedConnections = _options.Switchboard.MaximumConnections + (_options.Relay?.MaximumStreams ?? 0);
            kestrel.Limits.MaxConcurrentConnections = kestrel.Limits.MaxConcurrentUpgradedConnections + 100;
            kestrel.Limits.RequestHeadersTimeout = _options.Switchboard.LoginTimeout;
            kestrel.Listen(endpoint, Secure);
        });
        var web = builder.Build();
        web.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan }); // the protocol has its own pings
        web.Map("/healthz", () => Results.Text("ok\n"));
        if (_options.Status is { } status)
        {
            web.Map("/status", () => Results.Text(status().ToJsonString(), "application/json"));
        }

        web.Map(SwitchboardHostOptions.Path, ServeAsync);
        if (_options.Relay is { } relay)
        {
            web.Map(SwitchboardHostOptions.RelayPath, context => RelayRequests.ServeAsync(context, relay));
        }

        return web;
    }

    private void Secure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        if (_options.Certificate is { } certificate)
        {
            listen.UseHttps(certificate);
        }
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await HttpRefusal.AskForWebSocketAsync(context, "switchboard");
            return;
        }

        var remote = new Protocol.Net.Endpoint(IpAddress.From(context.Connection.RemoteIpAddress!), (ushort)context.Connection.RemotePort);
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var connection = new HostedConnection(_runner.NextId(), remote, socket, _options, _time);
        _runner.Opened(connection);
        try
        {
            await connection.RunAsync(_runner);
        }
        finally
        {
            _runner.Closed(connection);
        }
    }

    /// <summary>Ctrl-C is the command line's business.</summary>
    private sealed class OwnLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
