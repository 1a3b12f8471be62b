using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>A client's channel to one peer.</summary>
internal sealed class TurnChannel(ushort number, Endpoint peer)
{
    public ushort Number { get; } = number;

    public Endpoint Peer { get; } = peer;

    public bool IsBound { get; set; }

    /// <summary>When to ask (again).</summary>
    public Instant Due { get; set; } = Instant.Zero;
}
