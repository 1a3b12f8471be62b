using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;

namespace Postern.Tests.Switching;

public sealed class SdpTextTests
{
    // As headless Chromium of Debian writes it; the addresses are hidden behind mDNS names.
    private const string ChromiumOffer = """
        v=0
        o=- 5350136587664338305 2 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0
        a=extmap-allow-mixed
        a=msid-semantic: WMS
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel
        c=IN IP4 0.0.0.0
        a=candidate:2978388066 1 udp 2113937151 575bc828-d5d6-4cf4-b695-c0969a579025.local 54595 typ host generation 0 network-cost 999
        a=candidate:2922262886 1 udp 2113942271 dcb816c3-10ab-42d7-886d-354bed266ee3.local 36034 typ host generation 0 network-cost 999
        a=ice-ufrag:JCLg
        a=ice-pwd:RbPaimpdx1O4xAmDH61AJ4HJ
        a=ice-options:trickle
        a=fingerprint:sha-256 57:88:F0:6E:2D:BD:94:44:5A:4B:DF:E2:9B:92:66:F0:E0:0B:81:38:92:C0:43:BE:A5:7C:CF:8B:6A:ED:E9:B6
        a=setup:actpass
        a=mid:0
        a=sctp-port:5000
        a=max-message-size:262144

        """;

    // As aiortc 1.4.0 answers: the draft's form of the media line, and no trickling.
    private const string AiortcAnswer = """
        v=0
        o=- 4004169218 4004169218 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=group:BUNDLE 0
        a=msid-semantic:WMS *
        m=application 43425 DTLS/SCTP 5000
        c=IN IP4 192.0.2.2
        a=mid:0
        a=sctpmap:5000 webrtc-datachannel 65535
        a=max-message-size:65536
        a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.2 43425 typ host
        a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 fd00::2 33136 typ host
        a=end-of-candidates
        a=ice-ufrag:3lHs
        a=ice-pwd:rh3TxOuTDlhAZvsWyoGeRb
        a=fingerprint:sha-256 4A:CE:51:FC:98:3C:A3:79:92:45:92:A1:53:C5:38:6B:B4:21:8E:61:E9:4F:21:52:68:D9:4D:F5:15:60:C0:BC
        a=setup:active

        """;

    private static readonly SdpAddressing Offering = new(SignalKind.Offer, "s1", "anna", "bob");
    private static readonly SdpAddressing Answering = new(SignalKind.Answer, "s1", "bob", "anna");

    [Fact]
    public void Chromiums_offer_is_read()
    {
        var offer = Parse(ChromiumOffer, Offering);
        offer.ShouldSatisfyAllConditions(
            () => offer.IceUfrag.ShouldBe("JCLg"),
            () => offer.IcePwd.ShouldBe("RbPaimpdx1O4xAmDH61AJ4HJ"),
            () => offer.Fingerprint.ShouldStartWith("57:88:F0:6E"),
            () => offer.FingerprintBytes()[..4].ShouldBe(new byte[] { 0x57, 0x88, 0xF0, 0x6E }),
            () => offer.Setup.ShouldBe(DtlsSetup.Actpass),
            () => offer.SctpPort.ShouldBe(5000),
            () => offer.MaxMessageSize.ShouldBe(262_144),
            () => offer.Mid.ShouldBe("0"),
            () => offer.Candidates.Count.ShouldBe(2),
            () => offer.CandidatesComplete.ShouldBeFalse(),
            () => offer.Renomination.ShouldBeFalse(),
            () => offer.Postern.ShouldBe(0));
    }

    [Fact]
    public void Aiortcs_answer_is_read()
    {
        var answer = Parse(AiortcAnswer, Answering);
        answer.ShouldSatisfyAllConditions(
            () => answer.IceUfrag.ShouldBe("3lHs"),
            () => answer.Setup.ShouldBe(DtlsSetup.Active),
            () => answer.SctpPort.ShouldBe(5000),
            () => answer.MaxMessageSize.ShouldBe(65_536),
            () => answer.Candidates[1].ShouldBe("candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 fd00::2 33136 typ host"),
            () => answer.CandidatesComplete.ShouldBeTrue());
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void What_we_write_we_read_again(string lineEnd)
    {
        var offer = Samples.Offer with { Mid = "data", MaxMessageSize = 0, SctpPort = 5001 };
        var read = Parse(SdpText.Write(offer).ReplaceLineEndings(lineEnd), Offering);
        (read with { Candidates = offer.Candidates }).ShouldBe(offer with { SctpInit = null, Postern = 0, NatReport = null, Nonce = "", Issued = 0 });
        read.Candidates.ShouldBe(offer.Candidates);
        Parse(SdpText.Write(Samples.Answer with { CandidatesComplete = true }), Answering).CandidatesComplete.ShouldBeTrue();
    }

    [Fact]
    public void Our_offer_looks_like_this()
    {
        SdpText.Write(Samples.Offer with { CandidatesComplete = true }).ShouldBe("""
            v=0
            o=- 159384938961843282 2 IN IP4 127.0.0.1
            s=-
            t=0 0
            a=group:BUNDLE 0
            m=application 9 UDP/DTLS/SCTP webrtc-datachannel
            c=IN IP4 0.0.0.0
            a=candidate:1 1 udp 2130706431 192.0.2.2 53954 typ host
            a=end-of-candidates
            a=ice-ufrag:aF3d
            a=ice-pwd:9rL6DdnhlK3sWfIfTiMY9/r1
            a=ice-options:trickle renomination
            a=fingerprint:sha-256 64:65:66:67:68:69:6A:6B:6C:6D:6E:6F:70:71:72:73:74:75:76:77:78:79:7A:7B:7C:7D:7E:7F:80:81:82:83
            a=setup:actpass
            a=mid:0
            a=sctp-port:5000
            a=max-message-size:262144

            """.ReplaceLineEndings("\r\n"));
    }

    [Fact]
    public void Attributes_of_the_head_count_for_the_section_and_other_sections_do_not()
    {
        var sdp = """
            v=0
            o=- 1 1 IN IP4 0.0.0.0
            s=-
            t=0 0
            a=ice-ufrag:head
            a=ice-pwd:rh3TxOuTDlhAZvsWyoGeRb
            a=ice-options:trickle renomination
            a=fingerprint:sha-512 00:01
            a=fingerprint:SHA-256 4a:ce:51:fc:98:3c:a3:79:92:45:92:a1:53:c5:38:6b:b4:21:8e:61:e9:4f:21:52:68:d9:4d:f5:15:60:c0:bc
            m=audio 9 UDP/TLS/RTP/SAVPF 111
            a=mid:a
            a=ice-ufrag:audio
            m=application 9 UDP/DTLS/SCTP webrtc-datachannel
            a=mid:d
            a=setup:passive
            a=candidate:no good
            a=candidate:1 1 udp 1 192.0.2.1 1 typ host
            m=application 9 UDP/DTLS/SCTP webrtc-datachannel
            a=mid:second
            a=ice-ufrag:second
            """;
        var answer = Parse(sdp, Answering);
        answer.ShouldSatisfyAllConditions(
            () => answer.IceUfrag.ShouldBe("head"),
            () => answer.Fingerprint.ShouldStartWith("4A:CE"),
            () => answer.Mid.ShouldBe("d"),
            () => answer.Setup.ShouldBe(DtlsSetup.Passive),
            () => answer.Renomination.ShouldBeTrue(),
            () => answer.MaxMessageSize.ShouldBe(65_536, "RFC 8841 §6.1"));
    }

    [Theory]
    [InlineData("v=0", "v=1", SdpError.NotSdp)]
    [InlineData("s=-", "nonsense", SdpError.NotSdp)]
    [InlineData("m=application 9", "m=application 0", SdpError.NoDataChannel)]
    [InlineData("m=application 9", "m=video 9", SdpError.NoDataChannel)]
    [InlineData("a=ice-ufrag:JCLg", "a=ice-ufrag:JC", SdpError.NoIceCredentials)]
    [InlineData("a=ice-pwd:", "a=x:", SdpError.NoIceCredentials)]
    [InlineData("a=ice-pwd:RbPaimpd", "a=ice-pwd:", SdpError.BadField)]
    [InlineData("sha-256", "sha-1", SdpError.NoFingerprint)]
    [InlineData("57:88", "57:8", SdpError.NoFingerprint)]
    [InlineData("a=setup:actpass", "a=setup:active", SdpError.BadSetup)]
    [InlineData("a=setup:actpass", "a=setup:holdconn", SdpError.BadSetup)]
    [InlineData("a=sctp-port:5000", "a=sctp-port:0", SdpError.BadField)]
    [InlineData("a=max-message-size:262144", "a=max-message-size:-1", SdpError.BadField)]
    public void What_we_cannot_use_is_refused_with_its_reason(string part, string instead, SdpError error)
    {
        ChromiumOffer.ShouldContain(part);
        SdpText.TryParse(ChromiumOffer.Replace(part, instead, StringComparison.Ordinal), Offering, out var none).ShouldBe(error);
        none.ShouldBeNull();
    }

    [Fact]
    public void Nothing_and_too_much_are_refused()
    {
        SdpText.TryParse("", Offering, out _).ShouldBe(SdpError.NotSdp);
        SdpText.TryParse(new string('v', 65_537), Offering, out _).ShouldBe(SdpError.TooLarge);
        SdpText.TryParse("v=0\n" + string.Concat(Enumerable.Repeat("a=x\n", 2048)), Offering, out _).ShouldBe(SdpError.TooLarge);
        var many = string.Concat(Enumerable.Range(0, 100).Select(i => $"a=candidate:{i} 1 udp 1 192.0.2.1 1 typ host\r\n"));
        Parse(ChromiumOffer + many, Offering).Candidates.Count.ShouldBe(FrameLimits.Candidates);
    }

    private static SessionDescription Parse(string sdp, SdpAddressing addressing)
    {
        SdpText.TryParse(sdp, addressing, out var description).ShouldBe(SdpError.None);
        return description!;
    }
}
