using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Server;

/// <summary>How much a switchboard takes from whom. Everything that the network can fill has its bound here.</summary>
public sealed record SwitchboardOptions
{
    /// <summary>What the welcome tells of STUN and TURN servers.</summary>
    public IReadOnlyList<RelayEndpoint> Relays { get; init; } = [];

    /// <summary>
    /// HOST or HOST:PORT by which this switchboard is dialled. Where given, a login that was signed for another host is
    /// refused, so that a false switchboard cannot pass logins on to this one; empty is any.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Names that nobody can claim; those loaded at the start can still log in.</summary>
    public IReadOnlyList<string> ReservedNames { get; init; } = ["echo", "postern", "switchboard", "admin", "root"];

    /// <summary>Whether the first who comes gets a free name; otherwise only loaded names log in.</summary>
    public bool OpenClaims { get; init; } = true;

    public int MaximumNames { get; init; } = 100_000;

    /// <summary>Names that one address may claim at once, and how many an hour after that.</summary>
    public int ClaimsPerAddress { get; init; } = 20;

    public int MaximumConnections { get; init; } = 10_000;

    /// <summary>An address is an IPv4 address or an IPv6 network of 64 bits.</summary>
    public int ConnectionsPerAddress { get; init; } = 64;

    /// <summary>Connections that have not logged in yet.</summary>
    public int PendingConnections { get; init; } = 1024;

    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection that says nothing for so long is dead; clients ping every 15 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(45);

    public int FramesPerSecond { get; init; } = 100;

    /// <summary>At least what a client repeats after a reconnection (256 signals) and acknowledges (256 more).</summary>
    public int FrameBurst { get; init; } = 800;

    public int BytesPerSecond { get; init; } = 128 * 1024;

    public int ByteBurst { get; init; } = 1024 * 1024;

    /// <summary>Signals kept for a peer until it acknowledges them; one sender may hold half.</summary>
    public int QueueSignals { get; init; } = 256;

    public int QueueBytes { get; init; } = 256 * 1024;

    /// <summary>How long a peer may be away before its queue is given up; also how long after a start every known name counts as away.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Sessions that one name has opened.</summary>
    public int SessionsPerName { get; init; } = 64;

    /// <summary>A session about which nothing is said for so long is forgotten.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromHours(24);
}
