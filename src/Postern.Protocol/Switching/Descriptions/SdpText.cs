using System.Globalization;
using System.Text;
using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Descriptions;

/// <summary>
/// A description as the SDP of one data channel section and back (RFC 8829 §5.2, RFC 8841 §4): for peers that are no
/// Postern. SDP knows no names, sessions or signatures; those of the result are its caller's.
/// </summary>
public static class SdpText
{
    /// <summary>Characters of a text that is read: a browser with video sections stays below 20,000.</summary>
    public const int MaximumLength = 64 * 1024;

    public const int MaximumLines = 2048;

    /// <summary>RFC 8841 §6.1: what a peer that does not say takes.</summary>
    public const int DefaultMaxMessageSize = 64 * 1024;

    private const string Renomination = "renomination"; // libwebrtc's ICE option

    /// <summary>The SDP of an offer or answer.</summary>
    public static string Write(SessionDescription description)
    {
        var sdp = new StringBuilder(1024);
        sdp.Append("v=0\r\no=- ").Append(Origin(description)).Append(" 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
        sdp.Append("a=group:BUNDLE ").Append(description.Mid).Append("\r\n");
        sdp.Append("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n");
        foreach (var candidate in description.Candidates)
        {
            Attribute(candidate);
        }

        if (description.CandidatesComplete)
        {
            Attribute("end-of-candidates");
        }

        Attribute("ice-ufrag:" + description.IceUfrag);
        Attribute("ice-pwd:" + description.IcePwd);
        Attribute("ice-options:trickle" + (description.Renomination ? " " + Renomination : ""));
        Attribute("fingerprint:sha-256 " + description.Fingerprint);
        Attribute("setup:" + description.Setup.ToString().ToLowerInvariant());
        Attribute("mid:" + description.Mid);
        Attribute("sctp-port:" + description.SctpPort.ToString(CultureInfo.InvariantCulture));
        Attribute("max-message-size:" + description.MaxMessageSize.ToString(CultureInfo.InvariantCulture));
        return sdp.ToString();

        void Attribute(string attribute) => sdp.Append("a=").Append(attribute).Append("\r\n");
    }

    /// <summary>Reads the first data channel section. Never throws.</summary>
    /// <param name="sdp">The text; lines end with CRLF or LF.</param>
    /// <param name="addressing">Kind, session, from and to of the result.</param>
    /// <param name="description">The result where the error is <see cref="SdpError.None"/>.</param>
    public static SdpError TryParse(string sdp, SdpAddressing addressing, out SessionDescription? description)
    {
        description = null;
        var facts = new SdpFacts();
        var error = facts.Read(sdp);
        if (error != SdpError.None)
        {
            return error;
        }

        var read = new SessionDescription
        {
            Kind = addressing.Kind,
            Session = addressing.Session,
            From = addressing.From,
            To = addressing.To,
            IceUfrag = facts.Ufrag ?? "",
            IcePwd = facts.Pwd ?? "",
            Fingerprint = facts.Fingerprint ?? "",
            Setup = facts.Setup(addressing.Kind),
            SctpPort = facts.SctpPort,
            MaxMessageSize = facts.MaxMessageSize,
            Renomination = facts.IceOptions.Contains(Renomination),
            Mid = facts.Mid,
            Candidates = facts.Candidates,
            CandidatesComplete = facts.EndOfCandidates || !facts.IceOptions.Contains("trickle"),
        };
        error = Judge(read);
        description = error == SdpError.None ? read : null;
        return error;
    }

    private static SdpError Judge(SessionDescription read) => read switch
    {
        _ when !DescriptionRules.IsUfrag(read.IceUfrag) || read.IcePwd.Length == 0 => SdpError.NoIceCredentials,
        _ when !DescriptionRules.IsFingerprint(read.Fingerprint) => SdpError.NoFingerprint,
        _ when read.Setup == DtlsSetup.Unknown || read.IsOffer != (read.Setup == DtlsSetup.Actpass) => SdpError.BadSetup,
        _ => DescriptionRules.KeepsTransport(read) ? SdpError.None : SdpError.BadField,
    };

    // RFC 8829 §5.2.1: a number of 62 bits; the same session gives the same.
    private static long Origin(SessionDescription description)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var c in description.Session)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        return (long)(hash >> 2);
    }
}
