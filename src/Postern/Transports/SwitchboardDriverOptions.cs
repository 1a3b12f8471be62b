using System.Net.WebSockets;
using Postern.Protocol.Switching.Client;

namespace Postern.Transports;

/// <summary>Which switchboard, as whom.</summary>
internal sealed record SwitchboardDriverOptions
{
    /// <summary>ws: or wss:, with the path /switchboard.</summary>
    public required Uri Url { get; init; }

    public required string Name { get; init; }

    /// <summary>The switchboard's key from an earlier login, where it is known.</summary>
    public string? ServerKey { get; init; }

    /// <summary>Called for every new stream, to trust a certificate or set a proxy. By default the system's proxy settings apply.</summary>
    public Action<ClientWebSocketOptions>? Configure { get; init; }

    /// <summary>How long frames that are under way have when a stream is closed.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    internal SwitchboardDial Dial => new(Url, Configure);

    internal SwitchboardClientOptions ForMachine() => new() { Name = Name, Host = Url.Authority, ServerKey = ServerKey };
}
