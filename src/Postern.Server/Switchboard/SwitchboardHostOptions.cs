using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Postern.Protocol.Switching.Server;
using Postern.Server.Relay;

namespace Postern.Server.Switchboard;

/// <summary>How a switchboard is hosted.</summary>
public sealed record SwitchboardHostOptions
{
    public const string Path = "/switchboard";

    /// <summary>Where the relay's streams begin, beside <see cref="Path"/>.</summary>
    public const string RelayPath = "/relay";

    public SwitchboardOptions Switchboard { get; init; } = new();

    /// <summary>Makes TURN credentials; null where there is no relay. Called under the switchboard's lock: it must be quick.</summary>
    public MintTurn? Mint { get; init; }

    /// <summary>The relay that serves streams at <see cref="RelayPath"/>; null where there is none in this process.</summary>
    public RelayDriver? Relay { get; init; }

    /// <summary>Counters for <c>/status</c>, which tells nothing of who talks with whom; null for no such page.</summary>
    public Func<JsonObject>? Status { get; init; }

    /// <summary>With it the port speaks HTTPS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Bytes that wait for one slow connection before it is cut.</summary>
    public int SendQueueBytes { get; init; } = 1024 * 1024;

    /// <summary>How long a connection that is being closed has for its last frame.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(3);
}
