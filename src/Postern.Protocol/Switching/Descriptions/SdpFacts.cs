using System.Globalization;
using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Descriptions;

/// <summary>The attributes that count, read line by line: those of the session's head, then those of the first data channel section, which win.</summary>
internal sealed class SdpFacts
{
    private string? _setup;
    private bool _inSection;
    private int _sections;

    public string? Ufrag { get; private set; }

    public string? Pwd { get; private set; }

    public string? Fingerprint { get; private set; }

    public string Mid { get; private set; } = "0";

    public int SctpPort { get; private set; } = 5000;

    public long MaxMessageSize { get; private set; } = SdpText.DefaultMaxMessageSize;

    public HashSet<string> IceOptions { get; } = [];

    public List<string> Candidates { get; } = [];

    public bool EndOfCandidates { get; private set; }

    /// <summary>RFC 8842 §5.3: an offer that does not say means actpass to us; an answer must say.</summary>
    public DtlsSetup Setup(SignalKind kind) => _setup switch
    {
        "active" => DtlsSetup.Active,
        "passive" => DtlsSetup.Passive,
        "actpass" => DtlsSetup.Actpass,
        null when kind != SignalKind.Answer => DtlsSetup.Actpass,
        _ => DtlsSetup.Unknown,
    };

    public SdpError Read(string sdp)
    {
        if (sdp.Length > SdpText.MaximumLength)
        {
            return SdpError.TooLarge;
        }

        var lines = 0;
        var found = false;
        foreach (var raw in sdp.AsSpan().EnumerateLines())
        {
            if (raw.IsEmpty)
            {
                continue;
            }

            if (++lines > SdpText.MaximumLines)
            {
                return SdpError.TooLarge;
            }

            if (raw.Length < 2 || raw[1] != '=' || (lines == 1 && raw is not "v=0"))
            {
                return SdpError.NotSdp;
            }

            if (raw[0] == 'm')
            {
                _sections++;
                _inSection = !found && Media(raw[2..]);
                found |= _inSection;
            }
            else if (raw[0] == 'a' && (_inSection || _sections == 0))
            {
                Attribute(raw[2..]);
            }
        }

        return found ? SdpError.None : lines == 0 ? SdpError.NotSdp : SdpError.NoDataChannel;
    }

    // m=application 9 UDP/DTLS/SCTP webrtc-datachannel (RFC 8841 §4), or the draft's m=application 9 DTLS/SCTP 5000
    private bool Media(ReadOnlySpan<char> value)
    {
        Span<Range> words = stackalloc Range[5];
        if (value.Split(words, ' ') != 4 || value[words[0]] is not "application" || value[words[1]] is "0")
        {
            return false;
        }

        if (value[words[2]] is "DTLS/SCTP")
        {
            SctpPort = Number(value[words[3]], ushort.MaxValue);
            return true;
        }

        return value[words[2]] is "UDP/DTLS/SCTP" or "TCP/DTLS/SCTP" && value[words[3]] is "webrtc-datachannel";
    }

    private void Attribute(ReadOnlySpan<char> attribute)
    {
        var colon = attribute.IndexOf(':');
        var name = colon < 0 ? attribute : attribute[..colon];
        var value = colon < 0 ? [] : attribute[(colon + 1)..].Trim(' ');
        switch (name)
        {
            case "ice-ufrag":
                Ufrag = value.ToString();
                break;
            case "ice-pwd":
                Pwd = value.ToString();
                break;
            case "ice-options":
                Options(value);
                break;
            case "fingerprint":
                TakeFingerprint(value);
                break;
            case "setup":
                _setup = value.ToString();
                break;
            case "mid" when _inSection:
                Mid = value.ToString();
                break;
            case "sctp-port":
                SctpPort = Number(value, ushort.MaxValue);
                break;
            case "max-message-size":
                MaxMessageSize = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : -1;
                break;
            case "candidate" when _inSection && Candidates.Count < FrameLimits.Candidates:
                TakeCandidate(attribute);
                break;
            case "end-of-candidates":
                EndOfCandidates = true;
                break;
        }
    }

    private void Options(ReadOnlySpan<char> value)
    {
        foreach (var word in value.Split(' '))
        {
            if (IceOptions.Count < 16)
            {
                IceOptions.Add(value[word].ToString());
            }
        }
    }

    // RFC 8122 §5: there may be several, one a hash function; a section's own replaces the head's.
    private void TakeFingerprint(ReadOnlySpan<char> value)
    {
        const string Sha256 = "sha-256 ";
        if (value.StartsWith(Sha256, StringComparison.OrdinalIgnoreCase))
        {
            Fingerprint = value[Sha256.Length..].Trim(' ').ToString().ToUpperInvariant();
        }
    }

    // A line that breaks the rule is left out, not the whole description: candidates are hints.
    private void TakeCandidate(ReadOnlySpan<char> attribute)
    {
        var line = attribute.ToString();
        if (DescriptionRules.IsCandidate(line))
        {
            Candidates.Add(line);
        }
    }

    private static int Number(ReadOnlySpan<char> text, int maximum) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= maximum ? number : 0;
}
