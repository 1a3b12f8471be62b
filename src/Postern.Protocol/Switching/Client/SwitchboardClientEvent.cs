using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Client;

/// <summary>What a client asks of its driver (the first two) and tells its user.</summary>
public abstract record SwitchboardClientEvent
{
    private SwitchboardClientEvent()
    {
    }

    /// <summary>Open a WebSocket and report with its number: opened, or closed.</summary>
    public sealed record OpenStream(long Stream) : SwitchboardClientEvent;

    /// <summary>Close it; no report is needed. Frames not yet sent on it are of no use any more.</summary>
    public sealed record CloseStream(long Stream) : SwitchboardClientEvent;

    /// <summary>The stream is open; the login begins.</summary>
    public sealed record Connected(long Stream) : SwitchboardClientEvent;

    /// <summary>Logged in; signals that nobody acknowledged before are being repeated.</summary>
    /// <param name="Welcome">The name in its canonical form, the relays, our address as seen there.</param>
    /// <param name="ServerKey">The switchboard's public key, proven, for pinning.</param>
    public sealed record LoggedIn(ServerFrame.Welcome Welcome, string ServerKey) : SwitchboardClientEvent;

    /// <summary>A peer's signal, once, in its sender's order. The key is what the switchboard says: a pinned one counts more.</summary>
    public sealed record SignalReceived(string From, string Key, string Session, SignalPayload Payload) : SwitchboardClientEvent;

    /// <summary>A peer's signal whose payload is none that we understand. It was acknowledged and is gone.</summary>
    public sealed record SignalUnreadable(string From, string Session, FrameError Error) : SwitchboardClientEvent;

    /// <summary>The peer's program has taken our signal.</summary>
    public sealed record SignalDelivered(string To, string Session, long Seq) : SwitchboardClientEvent;

    /// <summary>A request was refused; a signal with this number is given up.</summary>
    public sealed record Refused(RefusalCode Code, string Sentence, long? Seq, string? Session) : SwitchboardClientEvent;

    public sealed record TurnGranted(string Session, TurnGrant Grant) : SwitchboardClientEvent;

    public sealed record PresenceChanged(string Name, bool Online) : SwitchboardClientEvent;

    /// <param name="Reason">Why.</param>
    /// <param name="Sentence">Why, for people.</param>
    /// <param name="NextAttempt">When the next attempt begins; <see cref="Instant.Never"/> when there is none.</param>
    public sealed record Disconnected(DisconnectReason Reason, string Sentence, Instant NextAttempt) : SwitchboardClientEvent;
}
