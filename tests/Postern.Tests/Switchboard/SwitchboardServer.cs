using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Protocol.Switching.Frames;
using Postern.Server.Storage;
using Postern.Server.Switchboard;

namespace Postern.Tests.Switchboard;

/// <summary>A real switchboard on a loopback port, with a data folder that outlives it.</summary>
internal sealed class SwitchboardServer(string folder) : IAsyncDisposable
{
    private NameStore? _store;
    private SwitchboardHost? _host;

    public SwitchboardHost Host => _host!;

    public NameStore Store => _store!;

    public Uri Url => new($"ws://{_host!.Endpoint}{SwitchboardHostOptions.Path}");

    public static async Task<SwitchboardServer> StartAsync(string folder, int port = 0, Func<SwitchboardHostOptions, SwitchboardHostOptions>? change = null)
    {
        var server = new SwitchboardServer(folder);
        await server.StartAsync(port, change);
        return server;
    }

    public async Task StartAsync(int port, Func<SwitchboardHostOptions, SwitchboardHostOptions>? change = null)
    {
        _store = NameStore.Open(folder);
        var options = new SwitchboardHostOptions { Mint = (session, name) => new TurnGrant($"1:{session}:{name}", "password", 1, []) };
        _host = new SwitchboardHost(change?.Invoke(options) ?? options, _store, NullLoggerFactory.Instance);
        await _host.ListenAsync(new IPEndPoint(IPAddress.Loopback, port));
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
            _store!.Dispose();
        }
    }
}
