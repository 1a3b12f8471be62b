using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>What a relay asks of its driver and what it reports. Names of users are as the network wrote them: escape before showing.</summary>
public abstract record RelayEvent
{
    private RelayEvent()
    {
    }

    /// <summary>Open a socket for this relayed endpoint, then say <see cref="Relay.SocketOpened"/> or <see cref="Relay.SocketFailed"/>.</summary>
    public sealed record OpenSocket(Endpoint Relayed) : RelayEvent;

    public sealed record CloseSocket(Endpoint Relayed) : RelayEvent;

    public sealed record Allocated(Endpoint Client, Endpoint Relayed, string Name, string Session) : RelayEvent;

    public sealed record Freed(Endpoint Client, Endpoint Relayed, string Name, string Session, RelayFreedReason Reason) : RelayEvent
    {
        /// <summary>Our end of the 5-tuple: where the client sent to.</summary>
        public Endpoint Server { get; init; }
    }
}
