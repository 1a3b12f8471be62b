using Postern.Protocol.Ice;

namespace Postern.Lab.Foreign;

/// <summary>The selected pair as the foreign peer sees it, each end as "type address port".</summary>
internal sealed record ForeignPair(string Local, string Remote)
{
    private const string Host = "host";
    private const string Relay = "relay";

    /// <summary>The type of the peer's own candidate: host, srflx, prflx or relay.</summary>
    public string LocalType => Local.Split(' ')[0];

    /// <summary>The type of the other end's candidate.</summary>
    public string RemoteType => Remote.Split(' ')[0];

    /// <summary>Whether either end is a relay's.</summary>
    public bool IsRelayed => LocalType == Relay || RemoteType == Relay;

    /// <summary>
    /// What both ends selected, in our words. An address that the other end sends to and that is the peer's own (host) is reached
    /// straight; else both are reflexive, whatever a program calls its own socket.
    /// </summary>
    public static PathKind PathOf(ForeignPair one, ForeignPair other) =>
        one.IsRelayed || other.IsRelayed ? PathKind.Relayed // either end may send over the other's relay
        : one.RemoteType == Host || other.RemoteType == Host ? PathKind.Host
        : PathKind.Punched;

    public override string ToString() => $"{Local} to {Remote}";
}
