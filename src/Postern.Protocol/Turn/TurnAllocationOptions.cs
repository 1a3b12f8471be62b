using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>What a client wants of which server.</summary>
public sealed record TurnAllocationOptions
{
    public required Endpoint Server { get; init; }

    /// <summary>The local socket, as the driver knows it.</summary>
    public required Endpoint Local { get; init; }

    public required string Username { get; init; }

    public required string Password { get; init; }

    public TurnFamily Family { get; init; } = TurnFamily.V4;

    /// <summary>Asked for; the server decides (RFC 8656 §7.2).</summary>
    public TimeSpan Lifetime { get; init; } = TurnConstants.DefaultLifetime;

    /// <summary>First retransmission timeout (RFC 8489 §6.2.1).</summary>
    public TimeSpan Rto { get; init; } = StunRetransmission.DefaultRto;

    /// <summary>
    /// When nothing was sent to the server for so long, a Binding indication holds the NAT's mapping (RFC 8656 §3.8);
    /// RFC 4787 §4.3 lets a mapping live for 2 minutes, the worst ones seen live for 30 s.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(20);

    public override string ToString() => $"{nameof(TurnAllocationOptions)} {{ Server = {Server}, Local = {Local}, Username = {Username} }}";
}
