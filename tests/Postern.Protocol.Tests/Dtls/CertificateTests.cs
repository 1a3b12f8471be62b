using System.Security.Cryptography.X509Certificates;
using Postern.Protocol.Net;
using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Handshake;

namespace Postern.Tests.Dtls;

public class CertificateTests
{
    [Fact]
    public void A_new_certificate_is_self_signed_and_holds_a_P256_key()
    {
        using var ours = DtlsCertificate.Create(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        using var certificate = X509CertificateLoader.LoadCertificate(ours.Der);
        certificate.Subject.ShouldBe(certificate.Issuer);
        certificate.NotAfter.ToUniversalTime().ShouldBe(new DateTime(1971, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using var key = certificate.GetECDsaPublicKey();
        key!.KeySize.ShouldBe(256);
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(certificate);
        chain.ChainPolicy.VerificationTime = new DateTime(1970, 6, 1, 0, 0, 0, DateTimeKind.Utc);
        chain.Build(certificate).ShouldBeTrue();
        PeerKey.FromCertificate(ours.Der).ShouldNotBeNull();
    }

    [Fact]
    public void Two_certificates_never_have_the_same_fingerprint() => Certificates.Client.Fingerprint.ShouldNotBe(Certificates.Server.Fingerprint);

    [Fact]
    public void A_fingerprint_has_the_text_form_of_SDP()
    {
        var fingerprint = Certificates.Client.Fingerprint;
        var text = fingerprint.ToString();
        text.Length.ShouldBe(95);
        text.Replace(":", "", StringComparison.Ordinal).ShouldBe(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Certificates.Client.Der)));
        Fingerprint.TryParse(text, out var read).ShouldBeTrue();
        read.ShouldBe(fingerprint);
        Fingerprint.TryParse(text.ToLowerInvariant(), out read).ShouldBeTrue();
        read.ShouldBe(fingerprint);
        foreach (var wrong in new[] { "", "AB", text[..94], text + ":", text + ":AB", text.Replace(':', '-'), "G" + text[1..], " " + text[1..], "+" + text[1..] })
        {
            Fingerprint.TryParse(wrong, out _).ShouldBeFalse(wrong);
        }
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public void A_handshake_waits_for_a_fingerprint_that_is_told_later(DtlsRole late)
    {
        DtlsOptions Unknown(DtlsOptions options) => options with { ExpectedFingerprint = null };
        using var dialogue = late == DtlsRole.Client ? new Dialogue(1, client: Unknown) : new Dialogue(1, server: Unknown);
        var waiting = dialogue[late].Connection;
        dialogue.Run(5);
        dialogue.BothConnected.ShouldBeFalse();
        waiting.AwaitsFingerprint.ShouldBeTrue();
        waiting.Stats.FlightsRepeated.ShouldBe(0);

        var other = late == DtlsRole.Client ? Certificates.Server : Certificates.Client;
        waiting.ExpectFingerprint(other.Fingerprint, dialogue.Now);
        dialogue.Go(1);
        dialogue.BothConnected.ShouldBeTrue();
        waiting.AwaitsFingerprint.ShouldBeFalse();
    }

    [Fact]
    public void Both_may_learn_the_fingerprint_late_and_under_loss()
    {
        static DtlsOptions Unknown(DtlsOptions options) => options with { ExpectedFingerprint = null };
        for (var seed = 1UL; seed <= 20; seed++)
        {
            using var dialogue = new Dialogue(seed, Unknown, Unknown) { Loss = 0.2, Jitter = TimeSpan.FromMilliseconds(40) };
            dialogue.Run(1);
            dialogue.Client.Connection.ExpectFingerprint(Certificates.Server.Fingerprint, dialogue.Now);
            dialogue.Go(2);
            dialogue.Server.Connection.ExpectFingerprint(Certificates.Client.Fingerprint, dialogue.Now);
            dialogue.Go().BothConnected.ShouldBeTrue($"seed {seed}");
        }
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public void A_wrong_certificate_is_refused_when_the_fingerprint_is_told_later(DtlsRole late)
    {
        using var dialogue = new Dialogue(1, o => o with { ExpectedFingerprint = null }, o => o with { ExpectedFingerprint = null });
        dialogue.Run(1);
        if (late == DtlsRole.Server)
        {
            dialogue.Client.Connection.ExpectFingerprint(Certificates.Server.Fingerprint, dialogue.Now);
            dialogue.Go(1);
        }

        dialogue[late].Connection.ExpectFingerprint(Certificates.Other.Fingerprint, dialogue.Now);
        dialogue.Go(5);
        dialogue[late].Failed.ShouldBe(new DtlsEvent.HandshakeFailed(DtlsFailure.FingerprintMismatch, DtlsAlert.BadCertificate));
        var peer = late == DtlsRole.Client ? dialogue.Server : dialogue.Client;
        peer.Failed.ShouldBe(new DtlsEvent.HandshakeFailed(DtlsFailure.PeerAlert, DtlsAlert.BadCertificate));
    }

    [Fact]
    public void A_second_fingerprint_is_misuse()
    {
        using var dialogue = new Dialogue();
        dialogue.Client.Connection.ExpectFingerprint(Certificates.Server.Fingerprint, Instant.Zero);
        Should.Throw<InvalidOperationException>(() => dialogue.Client.Connection.ExpectFingerprint(Certificates.Other.Fingerprint, Instant.Zero));
    }
}
