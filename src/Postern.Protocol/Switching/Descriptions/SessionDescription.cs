using System.Buffers.Text;
using System.Text.Json.Serialization;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Descriptions;

/// <summary>
/// An offer or an answer: everything that one end must know of the other before the first packet. The same facts as an SDP
/// with one data channel section (<see cref="SdpText"/>), and those that only two Posterns share. On the wire a field may be
/// absent only where it may be null, false or zero here.
/// </summary>
public sealed record SessionDescription
{
    /// <summary><see cref="SignalKind.Offer"/>, <see cref="SignalKind.Answer"/> or <see cref="SignalKind.Restart"/>.</summary>
    public required SignalKind Kind { get; init; }

    /// <summary>Chosen by the caller at random; 1 to 64 characters of the base64url alphabet.</summary>
    public required string Session { get; init; }

    /// <summary>The sender's name.</summary>
    public required string From { get; init; }

    /// <summary>The receiver's name.</summary>
    public required string To { get; init; }

    /// <summary>RFC 8839 §5.4: 4 to 256 ice-chars.</summary>
    public required string IceUfrag { get; init; }

    /// <summary>RFC 8839 §5.4: 22 to 256 ice-chars.</summary>
    public required string IcePwd { get; init; }

    /// <summary>SHA-256 of the DTLS certificate as in SDP: 32 bytes in large hexadecimal with colons (RFC 8122 §5).</summary>
    public required string Fingerprint { get; init; }

    public required DtlsSetup Setup { get; init; }

    /// <summary>RFC 8841 §5.1.</summary>
    [JsonRequired]
    public int SctpPort { get; init; } = 5000;

    /// <summary>The largest message the sender takes (RFC 8841 §6.1); 0 is any.</summary>
    [JsonRequired]
    public long MaxMessageSize { get; init; } = 262_144;

    /// <summary>The SCTP INIT chunk in base64, which two Posterns send ahead to save a round trip; null where there is none.</summary>
    public string? SctpInit { get; init; }

    /// <summary>Whether the sender takes a later nomination for a better one, the ICE option "renomination".</summary>
    public bool Renomination { get; init; }

    /// <summary>The Postern protocol's version; 0 is a peer that is no Postern.</summary>
    public int Postern { get; init; }

    /// <summary>The media section's identification in SDP (a=mid).</summary>
    [JsonRequired]
    public string Mid { get; init; } = "0";

    /// <summary>Candidates known already, each from "candidate:" on (RFC 8839 §5.1); more may trickle.</summary>
    [JsonRequired]
    public IReadOnlyList<string> Candidates { get; init; } = [];

    /// <summary>Whether <see cref="Candidates"/> are all.</summary>
    public bool CandidatesComplete { get; init; }

    /// <summary>What the sender measured of its NAT: an object that this room does not read. Not under the signature.</summary>
    public OpaqueJson? NatReport { get; init; }

    /// <summary>How much probing the sender allows; null where it says nothing. Not under the signature: whoever changes it makes nobody probe more than he allows himself.</summary>
    public ProbeMode? Probe { get; init; }

    /// <summary>16 random bytes in base64url, new for every offer; empty where unsigned.</summary>
    [JsonRequired]
    public string Nonce { get; init; } = "";

    /// <summary>When it was signed, by the sender's clock: milliseconds since 1970.</summary>
    public long Issued { get; init; }

    /// <summary>In an answer: <see cref="SignedDescription.Hash"/> of the offer that it answers.</summary>
    public string? AnswerTo { get; init; }

    /// <summary>The sender's signature (<see cref="SignedDescription"/>); empty where unsigned.</summary>
    [JsonRequired]
    public string Signature { get; init; } = "";

    [JsonIgnore]
    public bool IsOffer => Kind is SignalKind.Offer or SignalKind.Restart;

    /// <summary>"AA:BB:…" of a certificate's SHA-256.</summary>
    public static string FingerprintText(ReadOnlySpan<byte> sha256) => string.Join(':', Convert.ToHexString(sha256).Chunk(2).Select(pair => new string(pair)));

    /// <summary>The 32 bytes of <see cref="Fingerprint"/>.</summary>
    public byte[] FingerprintBytes() => Convert.FromHexString(Fingerprint.Replace(":", "", StringComparison.Ordinal));

    /// <summary>Without the ICE password, which belongs in no log.</summary>
    public override string ToString() => $"{Kind} of session {Session} from {From} to {To}";

    /// <summary>16 random bytes as a session id or nonce.</summary>
    public static string NewId(Net.IRandom random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
