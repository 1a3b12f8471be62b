using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>What happened to an allocation, as its client sees it.</summary>
public abstract record TurnEvent
{
    private TurnEvent()
    {
    }

    /// <summary>The server relays for us.</summary>
    /// <param name="Relayed">Our address at the server.</param>
    /// <param name="Mapped">Our address as the server sees it.</param>
    /// <param name="Lifetime">How long the server keeps it without a refresh.</param>
    /// <param name="AlsoRelayed">The second family's address where both were asked for and had; otherwise <see cref="Endpoint.None"/>.</param>
    public sealed record Allocated(Endpoint Relayed, Endpoint Mapped, TimeSpan Lifetime, Endpoint AlsoRelayed) : TurnEvent;

    /// <summary>There is no allocation; the machine is at its end.</summary>
    /// <param name="Code">The server's code, 0 where it did not answer.</param>
    /// <param name="Reason">Why, in plain words.</param>
    public sealed record AllocationFailed(int Code, string Reason) : TurnEvent;

    /// <summary>The peer may send to us and we to it.</summary>
    public sealed record PermissionGranted(IpAddress Peer) : TurnEvent;

    /// <summary>The server relays nothing to or from this peer.</summary>
    /// <param name="Peer">Whom.</param>
    /// <param name="Code">The server's code; one that does not answer is asked again.</param>
    public sealed record PermissionRefused(IpAddress Peer, int Code) : TurnEvent;

    /// <summary>Data to and from this peer now costs four bytes.</summary>
    public sealed record ChannelBound(Endpoint Peer) : TurnEvent;

    /// <summary>The allocation is gone; the machine is at its end.</summary>
    public sealed record Lost(TurnLoss Reason) : TurnEvent;
}
