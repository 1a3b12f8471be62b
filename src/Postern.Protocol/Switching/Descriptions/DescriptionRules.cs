using System.Buffers;
using System.Buffers.Text;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;

namespace Postern.Protocol.Switching.Descriptions;

/// <summary>What the fields of a payload must keep to.</summary>
internal static class DescriptionRules
{
    private const int FingerprintLength = (32 * 3) - 1;
    private const int SctpInitLength = 2048;

    // RFC 8839 §5.4: ice-char = ALPHA / DIGIT / "+" / "/"
    private static readonly SearchValues<char> IceCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    public static bool Keeps(SignalPayload payload) => payload switch
    {
        SignalPayload.Described described => Keeps(described.Description),
        SignalPayload.Candidate candidate => IsCandidate(candidate.Line) && IsUfrag(candidate.Ufrag),
        SignalPayload.EndOfCandidates end => IsUfrag(end.Ufrag),
        SignalPayload.Bye bye => bye.Sentence is null || bye.Sentence.Length <= FrameLimits.SentenceLength,
        SignalPayload.Ports ports => PortRules.Keeps(ports),
        _ => false,
    };

    public static bool Keeps(SessionDescription description) =>
        description.Kind is SignalKind.Offer or SignalKind.Answer or SignalKind.Restart
        && KeepsAddressing(description)
        && KeepsTransport(description)
        && description.Candidates.Count <= FrameLimits.Candidates
        && description.Candidates.All(IsCandidate)
        && (description.NatReport is null || description.NatReport.Value.ToString().Length <= FrameLimits.NatReportLength);

    /// <summary>The transport's facts: all that an SDP carries too.</summary>
    public static bool KeepsTransport(SessionDescription description) =>
        IsUfrag(description.IceUfrag)
        && IsIce(description.IcePwd, 22)
        && IsFingerprint(description.Fingerprint)
        && description.Setup != DtlsSetup.Unknown
        && description.IsOffer == (description.Setup == DtlsSetup.Actpass)
        && description.SctpPort is > 0 and <= ushort.MaxValue
        && description.MaxMessageSize >= 0
        && IsMid(description.Mid);

    public static bool IsCandidate(string? line) => line is { Length: <= FrameLimits.CandidateLength }
        && line.StartsWith("candidate:", StringComparison.Ordinal) && !line.AsSpan().ContainsAnyExceptInRange(' ', '~');

    public static bool IsUfrag(string ufrag) => IsIce(ufrag, 4);

    public static bool IsMid(string mid) => mid.Length is > 0 and <= 32 && mid.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    public static bool IsFingerprint(string fingerprint)
    {
        for (var i = 0; i < fingerprint.Length; i++)
        {
            if (i % 3 == 2 ? fingerprint[i] != ':' : !char.IsAsciiHexDigitUpper(fingerprint[i]))
            {
                return false;
            }
        }

        return fingerprint.Length == FingerprintLength;
    }

    private static bool KeepsAddressing(SessionDescription description) =>
        FrameRules.IsId(description.Session)
        && PeerName.IsCanonical(description.From)
        && PeerName.IsCanonical(description.To)
        && description.Postern >= 0
        && (description.SctpInit is null || (description.SctpInit.Length is > 0 and <= SctpInitLength && Base64.IsValid(description.SctpInit)))
        && (description.Nonce.Length == 0 || FrameRules.IsBase64Url(description.Nonce, 16))
        && (description.AnswerTo is null || FrameRules.IsBase64Url(description.AnswerTo, 32))
        && (description.Signature.Length == 0 || PeerKey.IsSignature(description.Signature));

    private static bool IsIce(string text, int minimum) => text.Length >= minimum && text.Length <= 256 && !text.AsSpan().ContainsAnyExcept(IceCharacters);
}
