using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Protocol.Nat;
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

    /// <summary>What was measured of our own NAT earlier; null measures it in the background.</summary>
    public IReadOnlyList<NatReport>? NatReports { get; init; }

    /// <summary>With how many sockets the rule of the NAT's ports is measured, 4 to 32.</summary>
    public int NatSamples { get; init; } = NatProberOptions.UsualSamples;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where events are logged.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
