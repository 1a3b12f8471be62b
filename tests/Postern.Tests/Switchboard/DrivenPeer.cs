using System.Net.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Identity;
using Postern.Transports;

namespace Postern.Tests.Switchboard;

/// <summary>A client on a real WebSocket, whose events are waited for.</summary>
internal sealed class DrivenPeer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly PeerIdentity _identity;

    public DrivenPeer(Uri url, string name, PeerIdentity? identity = null, Action<ClientWebSocketOptions>? configure = null)
    {
        _identity = identity ?? PeerIdentity.Create();
        Driver = new SwitchboardDriver(new SwitchboardDriverOptions { Url = url, Name = name, Configure = configure }, _identity, NullLogger.Instance);
        Driver.Start();
    }

    public SwitchboardDriver Driver { get; }

    /// <summary>The next event of this type; others are passed over.</summary>
    public async Task<T> NextAsync<T>()
        where T : SwitchboardClientEvent
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await Driver.Events.ReadAsync(patience.Token) is T wanted)
            {
                return wanted;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Driver.DisposeAsync();
        _identity.Dispose();
    }
}
