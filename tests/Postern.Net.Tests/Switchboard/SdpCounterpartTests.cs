using Postern.Lab.Foreign;
using Postern.Net.Tests.Counterparts;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;

namespace Postern.Net.Tests.Switchboard;

/// <summary>Real peers take our SDP and we take theirs; no packet flows yet.</summary>
[Trait("part", "net")]
public sealed class SdpCounterpartTests
{
    private static readonly SessionDescription Offer = new()
    {
        Kind = SignalKind.Offer,
        Session = "s1",
        From = "anna",
        To = "bob",
        IceUfrag = "aF3d",
        IcePwd = "9rL6DdnhlK3sWfIfTiMY9/r1",
        Fingerprint = SessionDescription.FingerprintText([.. Enumerable.Range(100, 32).Select(b => (byte)b)]),
        Setup = DtlsSetup.Actpass,
        Renomination = true,
        Candidates = ["candidate:1 1 udp 2130706431 127.0.0.1 53954 typ host"],
        CandidatesComplete = true,
    };

    [Fact]
    public async Task Chromium_takes_our_offer_and_we_take_its_answer()
    {
        await using var chromium = await ChromiumPeer.StartAsync(new());
        await OfferAsync(chromium);
    }

    [Fact]
    public async Task Chromium_takes_our_answer_to_its_offer()
    {
        await using var chromium = await ChromiumPeer.StartAsync(new());
        await AnswerAsync(chromium);
    }

    [Fact]
    public async Task Aiortc_takes_our_offer_and_we_take_its_answer()
    {
        await using var aiortc = await AiortcPeer.StartAsync(new());
        await OfferAsync(aiortc);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Aiortc_takes_our_answer_to_its_offer(bool modernSdp)
    {
        await using var aiortc = await AiortcPeer.StartAsync(new(), modernSdp);
        await AnswerAsync(aiortc);
    }

    private static async Task OfferAsync(IForeignPeer peer)
    {
        var answer = await peer.AnswerAsync(SdpText.Write(Offer));
        SdpText.TryParse(answer, new(SignalKind.Answer, "s1", "bob", "anna"), out var description).ShouldBe(SdpError.None, answer);
        description!.Setup.ShouldBeOneOf(DtlsSetup.Active, DtlsSetup.Passive);
        description.SctpPort.ShouldBe(5000);
        description.Mid.ShouldBe("0");
    }

    private static async Task AnswerAsync(IForeignPeer peer)
    {
        var offer = await peer.CreateOfferAsync();
        SdpText.TryParse(offer, new(SignalKind.Offer, "s1", "anna", "bob"), out var description).ShouldBe(SdpError.None, offer);
        description!.Candidates.ShouldNotBeEmpty();
        await peer.AcceptAnswerAsync(SdpText.Write(Offer with { Kind = SignalKind.Answer, Setup = DtlsSetup.Active, Mid = description.Mid }));
    }
}
