using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;

namespace Postern.Tests.Switching;

public sealed class SignedDescriptionTests : IDisposable
{
    private const long Now = 1_800_000_000_000;
    private readonly PeerIdentity _anna = PeerIdentity.Create();
    private readonly PeerIdentity _bob = PeerIdentity.Create();
    private readonly SessionDescription _offer;
    private readonly SessionDescription _answer;

    public SignedDescriptionTests()
    {
        _offer = SignedDescription.Sign(Samples.Offer with { Issued = Now }, _anna);
        _answer = SignedDescription.Sign(Samples.Answer with { AnswerTo = SignedDescription.Hash(_offer, _anna.PublicKey) }, _bob);
    }

    [Fact]
    public void An_offer_and_its_answer_verify()
    {
        Verify(_offer).ShouldBe(DescriptionError.None);
        VerifyAnswer(_answer).ShouldBe(DescriptionError.None);
    }

    [Fact]
    public void Signing_survives_the_wire()
    {
        var payload = new SignalPayload.Described(_offer with { NatReport = new("{\"mapping\":\"endpoint-independent\"}") });
        FrameCodec.TryParse(SignalKind.Offer, FrameCodec.Write(payload), out var read).ShouldBe(FrameError.None);
        Verify(((SignalPayload.Described)read!).Description).ShouldBe(DescriptionError.None);
    }

    [Fact]
    public void The_signed_bytes_are_those_that_the_page_describes()
    {
        SignedDescription.Hash(Samples.Offer, "annas key").ShouldBe("N4pmvndZNbemENdogE0XaQzIiIE6r1glN0UNBzySeMA"); // made by another program
    }

    [Fact]
    public void A_forged_fingerprint_is_refused()
    {
        var forged = _offer with { Fingerprint = SessionDescription.FingerprintText(new byte[32]) };
        Verify(forged).ShouldBe(DescriptionError.BadSignature);
        DescriptionError.BadSignature.Sentence().ShouldBe("The description is not signed by the peer's key: it was altered or forged on the way.");
    }

    [Fact]
    public void Whatever_else_is_altered_is_refused()
    {
        SessionDescription[] altered =
        [
            _offer with { IceUfrag = "other" },
            _offer with { IcePwd = new string('o', 22) },
            _offer with { SctpPort = 5001 },
            _offer with { MaxMessageSize = 1 },
            _offer with { SctpInit = null },
            _offer with { SctpInit = "AAAA" },
            _offer with { Renomination = false },
            _offer with { Postern = 0 },
            _offer with { Issued = Now + 1 },
            _offer with { Nonce = new string('Q', 22) },
            _offer with { Setup = DtlsSetup.Passive },
            _offer with { Signature = "" },
        ];
        foreach (var description in altered)
        {
            Verify(description).ShouldBe(DescriptionError.BadSignature, description.ToString());
        }

        VerifyAnswer(_answer with { Setup = DtlsSetup.Passive }).ShouldBe(DescriptionError.BadSignature);
    }

    [Fact]
    public void Candidates_and_the_nat_report_are_not_signed_since_more_may_trickle()
    {
        Verify(_offer with { Candidates = [], NatReport = null }).ShouldBe(DescriptionError.None);
    }

    [Fact]
    public void Swapped_names_are_refused()
    {
        Verify(_offer with { From = "bob", To = "anna" }).ShouldBe(DescriptionError.WrongNames);
        SignedDescription.Verify(_offer with { From = "carol" }, Expected with { From = "carol" }).ShouldBe(DescriptionError.BadSignature);
        SignedDescription.Verify(_offer with { To = "carol" }, Expected with { To = "carol" }).ShouldBe(DescriptionError.BadSignature);
    }

    [Fact]
    public void Another_session_is_refused()
    {
        Verify(_offer with { Session = "other" }).ShouldBe(DescriptionError.WrongSession);
        SignedDescription.Verify(_offer with { Session = "other" }, Expected with { Session = "other" }).ShouldBe(DescriptionError.BadSignature);
    }

    [Fact]
    public void An_offer_is_no_restart_and_no_answer()
    {
        Verify(_offer with { Kind = SignalKind.Restart }).ShouldBe(DescriptionError.WrongKind);
        SignedDescription.Verify(_offer with { Kind = SignalKind.Restart }, Expected with { Kind = SignalKind.Restart }).ShouldBe(DescriptionError.BadSignature);
        SignedDescription.Verify(_answer, Expected).ShouldBe(DescriptionError.WrongKind);
    }

    [Fact]
    public void An_answer_to_another_offer_is_refused()
    {
        var other = SignedDescription.Sign(Samples.Offer with { Issued = Now, Nonce = new string('B', 22) }, _anna);
        var hash = SignedDescription.Hash(other, _anna.PublicKey);
        SignedDescription.Verify(_answer, ExpectedAnswer with { AnswerTo = hash }).ShouldBe(DescriptionError.WrongOffer);
        SignedDescription.Verify(_answer with { AnswerTo = hash }, ExpectedAnswer with { AnswerTo = hash }).ShouldBe(DescriptionError.BadSignature);
        SignedDescription.Verify(_answer with { AnswerTo = null }, ExpectedAnswer with { AnswerTo = null }).ShouldBe(DescriptionError.WrongOffer);
    }

    [Fact]
    public void Another_key_than_the_pinned_one_is_refused()
    {
        SignedDescription.Verify(_offer, Expected with { Key = _bob.PublicKey }).ShouldBe(DescriptionError.BadSignature);
        SignedDescription.Verify(_offer, Expected with { Key = "nonsense" }).ShouldBe(DescriptionError.BadSignature);
    }

    [Fact]
    public void Signing_an_offer_without_nonce_or_an_answer_without_offer_is_misuse()
    {
        Should.Throw<ArgumentException>(() => SignedDescription.Sign(Samples.Offer with { Nonce = "" }, _anna));
        Should.Throw<ArgumentException>(() => SignedDescription.Sign(Samples.Offer with { AnswerTo = "x" }, _anna));
        Should.Throw<ArgumentException>(() => SignedDescription.Sign(Samples.Answer, _anna));
    }

    [Fact]
    public void A_replayed_offer_is_refused_within_the_window_and_after_it()
    {
        var guard = new OfferReplayGuard();
        guard.Admit(_offer, "anna's", Now).ShouldBe(DescriptionError.None);
        guard.Admit(_offer, "anna's", Now + 1000).ShouldBe(DescriptionError.Replayed);
        guard.Admit(_offer, "anna's", Now + 600_000).ShouldBe(DescriptionError.Replayed);
        guard.Admit(_offer, "anna's", Now + 600_001).ShouldBe(DescriptionError.Stale);
        guard.Admit(_offer with { Issued = Now + 600_001 }, "carol's", Now).ShouldBe(DescriptionError.Stale);
    }

    [Fact]
    public void A_program_that_just_started_refuses_offers_from_before()
    {
        var guard = new OfferReplayGuard(notBefore: Now);
        guard.Admit(_offer with { Issued = Now - 1 }, "anna's", Now).ShouldBe(DescriptionError.Stale);
        guard.Admit(_offer, "anna's", Now).ShouldBe(DescriptionError.None);
    }

    [Fact]
    public void A_guard_that_must_forget_still_lets_nothing_through_twice_and_floods_shut_out_only_themselves()
    {
        var guard = new OfferReplayGuard(maximumKeys: 2);
        for (var i = 0; i < 1000; i++)
        {
            guard.Admit(_offer with { Nonce = $"m{i}", Issued = Now + 1000 + i }, "mallory's", Now + i);
        }

        guard.Admit(_offer, "anna's", Now).ShouldBe(DescriptionError.None);
        for (var i = 0; i < 1000; i++)
        {
            guard.Admit(_offer with { Nonce = $"m{i}", Issued = Now + 1000 + i }, "mallory's", Now + i).ShouldNotBe(DescriptionError.None);
        }

        guard.Admit(_offer with { Nonce = "c", Issued = Now + 9000 }, "carol's", Now + 9000).ShouldBe(DescriptionError.None);
        guard.Admit(_offer, "anna's", Now + 9000).ShouldNotBe(DescriptionError.None);
        guard.Keys.ShouldBe(2);
    }

    public void Dispose()
    {
        _anna.Dispose();
        _bob.Dispose();
    }

    private ExpectedDescription Expected => new(SignalKind.Offer, "s1", "anna", "bob", _anna.PublicKey);

    private ExpectedDescription ExpectedAnswer => new(SignalKind.Answer, "s1", "bob", "anna", _bob.PublicKey, SignedDescription.Hash(_offer, _anna.PublicKey));

    private DescriptionError Verify(SessionDescription description) => SignedDescription.Verify(description, Expected);

    private DescriptionError VerifyAnswer(SessionDescription description) => SignedDescription.Verify(description, ExpectedAnswer);
}
