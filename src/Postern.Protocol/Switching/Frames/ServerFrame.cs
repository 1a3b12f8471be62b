using System.Text.Json.Serialization;

namespace Postern.Protocol.Switching.Frames;

/// <summary>What a switchboard sends to a peer; docs/switchboard.md shows each as JSON.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Challenge), "challenge")]
[JsonDerivedType(typeof(Welcome), "welcome")]
[JsonDerivedType(typeof(Signal), "signal")]
[JsonDerivedType(typeof(Ack), "ack")]
[JsonDerivedType(typeof(Refused), "refused")]
[JsonDerivedType(typeof(Turn), "turn")]
[JsonDerivedType(typeof(Presence), "presence")]
[JsonDerivedType(typeof(Pong), "pong")]
[JsonDerivedType(typeof(Bye), "bye")]
public abstract record ServerFrame
{
    private ServerFrame()
    {
    }

    /// <summary>What the client must sign, and the server's own public key.</summary>
    public sealed record Challenge(string Nonce, string Server) : ServerFrame;

    /// <summary>Logged in.</summary>
    /// <param name="Name">The name in its canonical form.</param>
    /// <param name="Proof">The server's signature over the client's (<see cref="Identity.LoginProof"/>).</param>
    /// <param name="Claimed">Whether the name was given to this key just now.</param>
    /// <param name="Observed">ADDRESS:PORT from which the switchboard sees this connection come.</param>
    /// <param name="Relays">Where STUN and TURN are.</param>
    public sealed record Welcome(string Name, string Proof, bool Claimed, string Observed, RelayEndpoint[] Relays) : ServerFrame;

    /// <summary>Something from a peer, in the order in which it sent, until it is acknowledged.</summary>
    public sealed record Signal(string From, string Key, string Run, string Session, long Seq, SignalKind Kind, OpaqueJson Payload) : ServerFrame;

    /// <summary>The peer has taken this signal.</summary>
    public sealed record Ack(long Seq) : ServerFrame;

    /// <summary>No, in one sentence; with the signal or the session that it is about, where it is about one.</summary>
    public sealed record Refused(RefusalCode Code, string Sentence, long? Seq = null, string? Session = null) : ServerFrame;

    /// <summary>Credentials for the relay, for this session alone.</summary>
    public sealed record Turn(string Session, TurnGrant Grant) : ServerFrame;

    public sealed record Presence(string Name, bool Online) : ServerFrame;

    public sealed record Pong : ServerFrame;

    /// <summary>The switchboard ends a connection that did nothing wrong.</summary>
    public sealed record Bye(ByeReason Reason) : ServerFrame;
}
