using System.Text.Json.Serialization;

namespace Postern.Protocol.Switching.Frames;

/// <summary>What a peer sends to its switchboard; docs/switchboard.md shows each as JSON.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Prove), "prove")]
[JsonDerivedType(typeof(Signal), "signal")]
[JsonDerivedType(typeof(Ack), "ack")]
[JsonDerivedType(typeof(Turn), "turn")]
[JsonDerivedType(typeof(Presence), "presence")]
[JsonDerivedType(typeof(Ping), "ping")]
public abstract record ClientFrame
{
    /// <summary>The version of this protocol.</summary>
    public const int Version = 1;

    private ClientFrame()
    {
    }

    /// <summary>The first frame: who wants in.</summary>
    /// <param name="Protocol">The version that the client speaks.</param>
    /// <param name="Name">The name to claim or to log in with.</param>
    /// <param name="Key">The public key (<see cref="Identity.PeerKey"/>).</param>
    /// <param name="Run">Random and new with each start of the program: tells a reconnection from a new beginning.</param>
    /// <param name="Host">Host and port as the client dialled them.</param>
    public sealed record Hello(int Protocol, string Name, string Key, string Run, string Host) : ClientFrame;

    /// <summary>The second: the signature over the challenge (<see cref="Identity.LoginProof"/>).</summary>
    public sealed record Prove(string Signature) : ClientFrame;

    /// <summary>Something for a peer. <paramref name="Seq"/> grows by at least one with each signal of a run.</summary>
    public sealed record Signal(string To, string Session, long Seq, SignalKind Kind, OpaqueJson Payload) : ClientFrame;

    /// <summary>This signal has arrived here: the queue may forget it and its sender stop repeating it.</summary>
    public sealed record Ack(string From, string Run, long Seq) : ClientFrame;

    /// <summary>Asks for TURN credentials for a session with a peer.</summary>
    public sealed record Turn(string Session, string Peer) : ClientFrame;

    /// <summary>Asks whether a peer with whom there is a session is online. Changes are told without asking.</summary>
    public sealed record Presence(string Name) : ClientFrame;

    /// <summary>Asks for a <see cref="ServerFrame.Pong"/>.</summary>
    public sealed record Ping : ClientFrame;
}
