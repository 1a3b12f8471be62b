using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Protocol.Nat;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Identity;

namespace Postern;

/// <summary>Who registers where.</summary>
public sealed record PosternClientOptions
{
    /// <summary>The switchboard, such as <c>ws://postern.example:4780/switchboard</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>The name to claim or to use.</summary>
    public required string Name { get; init; }

    /// <summary>The key that the name belongs to.</summary>
    public required PeerIdentity Identity { get; init; }

    /// <summary>Where the keys of others are pinned.</summary>
    public IContactBook Contacts { get; init; } = new MemoryContactBook();

    /// <summary>Only relayed paths, so that peers learn no address of ours.</summary>
    public bool RelayOnly { get; init; }

    /// <summary>How long registering, and each connection, may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How much the networks on the way may be bothered for a direct path where NATs move their ports, and how many new ports
    /// are opened at all. Between two sides the more careful word holds.
    /// </summary>
    public ProbeMode Probe { get; init; }

    /// <summary>
    /// A folder, the same for all programs of a user, in which clients share what was spent on probing and what was measured of
    /// the networks. Null keeps both in memory: then the calls of this client share them.
    /// </summary>
    public string? StateFolder { get; init; }

    /// <summary>What is known of our own NAT; null measures it in the background, or takes it from <see cref="StateFolder"/>.</summary>
    public IReadOnlyList<NatReport>? NatReports { get; init; }

    /// <summary>How old what <see cref="StateFolder"/> has of this network's NAT may be; zero measures anew.</summary>
    public TimeSpan NatAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>With how many sockets the rule of the NAT's ports is measured, 4 to 32.</summary>
    public int NatSamples { get; init; } = NatProberOptions.UsualSamples;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>As <see cref="Transports.SwitchboardDial.Configure"/>.</summary>
    internal Action<System.Net.WebSockets.ClientWebSocketOptions>? Dialling { get; init; }

    /// <summary>A server that answers whoever calls has no home network to spare: each call has a purse of its own.</summary>
    internal bool IsService { get; init; }

    /// <summary>Where events are logged.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
