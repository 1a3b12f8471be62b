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
    /// Each such period in which nothing was sent to the server ends with a Binding indication, which holds the NAT's mapping.
    /// Real NATs forget UDP after 30 s; ICE's keep-alives use 15 s too (RFC 8445 §11). Zero sends none.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A stream leads to the server, whose end of it is <see cref="Relay.StreamEnd"/>: nothing is sent twice, and no other server is gone to.</summary>
    public bool IsStream => Local.Port == 0;

    public override string ToString() => $"{nameof(TurnAllocationOptions)} {{ Server = {Server}, Local = {Local}, Username = {Username} }}";
}
