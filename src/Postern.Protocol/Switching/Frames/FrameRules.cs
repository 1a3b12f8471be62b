using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Identity;

namespace Postern.Protocol.Switching.Frames;

/// <summary>What the fields of a frame must keep to, beyond being there.</summary>
internal static class FrameRules
{
    private const int IdLength = 64;
    private const int HostLength = 260;
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool Keeps(ClientFrame frame) => frame switch
    {
        ClientFrame.Hello hello => IsName(hello.Name) && PeerKey.IsWellFormed(hello.Key) && IsId(hello.Run) && IsHost(hello.Host),
        ClientFrame.Prove prove => PeerKey.IsSignature(prove.Signature),
        ClientFrame.Signal signal => IsName(signal.To) && IsId(signal.Session) && signal.Seq > 0 && Fits(signal.Payload),
        ClientFrame.Ack ack => IsName(ack.From) && IsId(ack.Run) && ack.Seq > 0,
        ClientFrame.Turn turn => IsId(turn.Session) && IsName(turn.Peer),
        ClientFrame.Presence presence => IsName(presence.Name),
        _ => true,
    };

    public static bool Keeps(ServerFrame frame) => frame switch
    {
        ServerFrame.Challenge challenge => challenge.Nonce.Length is >= 22 and <= IdLength && IsId(challenge.Nonce) && PeerKey.IsWellFormed(challenge.Server),
        ServerFrame.Welcome welcome => IsName(welcome.Name) && PeerKey.IsSignature(welcome.Proof) && Endpoint.TryParse(welcome.Observed, out _)
            && welcome.Relays.Length <= 8 && welcome.Relays.All(Keeps),
        ServerFrame.Signal signal => IsName(signal.From) && PeerKey.IsWellFormed(signal.Key) && IsId(signal.Run) && IsId(signal.Session) && signal.Seq > 0,
        ServerFrame.Ack ack => ack.Seq > 0,
        ServerFrame.Refused refused => refused.Sentence.Length <= FrameLimits.SentenceLength && refused.Seq is null or > 0 && (refused.Session is null || IsId(refused.Session)),
        ServerFrame.Turn turn => IsId(turn.Session) && Keeps(turn.Grant),
        ServerFrame.Presence presence => IsName(presence.Name),
        _ => true,
    };

    /// <summary>Session ids, runs and challenges: 1 to 64 characters of the base64url alphabet.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= IdLength && !id.AsSpan().ContainsAnyExcept(IdCharacters);

    public static bool IsBase64Url(string text, int bytes) => Base64Url.IsValid(text, out var size) && size == bytes;

    private static bool IsName(string name) => PeerName.IsCanonical(name);

    private static bool Fits(OpaqueJson payload) => Encoding.UTF8.GetByteCount(payload.ToString()) <= FrameLimits.PayloadBytes;

    private static bool IsHost(string host) => host.Length is > 0 and <= HostLength && !host.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static bool Keeps(RelayEndpoint? relay) => relay is { Port: > 0 and <= ushort.MaxValue, SecondPort: >= 0 and <= ushort.MaxValue }
        && (relay.Host is null || IsHost(relay.Host)) && (relay.SecondHost is null || IsHost(relay.SecondHost));

    private static bool Keeps(TurnGrant grant) => grant.Username.Length is > 0 and <= 512 && grant.Password.Length is > 0 and <= 512
        && grant.Urls.Length <= 8 && grant.Urls.All(url => url is { Length: > 0 and <= 512 });
}
