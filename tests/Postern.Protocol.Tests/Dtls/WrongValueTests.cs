using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Handshake;
using Postern.Sessions.Dtls.Records;
using Type = Postern.Sessions.Dtls.Messages.HandshakeType;

namespace Postern.Tests.Dtls;

/// <summary>Messages in the right order with a wrong value: points, curves, signatures, certificates, Finished.</summary>
public class WrongValueTests
{
    private const string Zeros = "00000000000000000000000000000000" + "00000000000000000000000000000000";
    private const string Prime = "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF";
    private const string GeneratorX = "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296";
    private const string GeneratorY = "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5";

    public static TheoryData<string> BadPoints =>
    [
        "04" + GeneratorX + GeneratorX, // off the curve
        "04" + Zeros + Zeros,
        "04" + Prime + GeneratorY,      // a coordinate that is not below the prime
        "04" + GeneratorX + Prime,
        "00",                           // infinity
        "03" + GeneratorX,              // compressed
        "07" + GeneratorX + GeneratorY, // hybrid
        "04" + GeneratorX + GeneratorY + "00",
        "04" + GeneratorX + GeneratorY[..62],
        "04",
        "",
    ];

    [Theory]
    [MemberData(nameof(BadPoints))]
    public void A_server_share_that_is_no_point_of_the_curve_is_refused_though_signed(string point)
    {
        using var rogue = new Rogue(DtlsRole.Client) { Point = Convert.FromHexString(point) }.Listen();
        rogue.Flight(Type.ServerHello, Type.Certificate, Type.ServerKeyExchange);
        ShouldFail(rogue, DtlsFailure.BadPoint, DtlsAlert.IllegalParameter);
    }

    [Theory]
    [MemberData(nameof(BadPoints))]
    public void A_client_share_that_is_no_point_of_the_curve_is_refused(string point)
    {
        using var rogue = new Rogue(DtlsRole.Server) { Point = Convert.FromHexString(point) }.Hello();
        rogue.Flight(Type.Certificate, Type.ClientKeyExchange);
        ShouldFail(rogue, DtlsFailure.BadPoint, DtlsAlert.IllegalParameter);
    }

    [Fact]
    public void The_generator_is_a_point_and_its_mirror_too()
    {
        P256.IsPoint(Convert.FromHexString("04" + GeneratorX + GeneratorY)).ShouldBeTrue();
        P256.IsPoint(Convert.FromHexString("04" + GeneratorX + "B01CBD1C01E58065711814B583F061E9D431CCA994CEA1313449BF97C840AE0A")).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, 1)]  // explicit_prime
    [InlineData(2, 24)] // secp384r1
    [InlineData(2, 29)] // x25519
    public void Another_curve_is_refused(int offset, byte value)
    {
        using var rogue = Bent(DtlsRole.Client, Type.ServerKeyExchange, body => body[offset] = value).Listen();
        rogue.Flight(Type.ServerHello, Type.Certificate, Type.ServerKeyExchange);
        ShouldFail(rogue, DtlsFailure.IllegalParameter, DtlsAlert.IllegalParameter);
    }

    [Theory]
    [InlineData(69, 5)]  // SHA-384 claimed
    [InlineData(69, 2)]  // SHA-1 claimed
    [InlineData(70, 1)]  // RSA claimed
    [InlineData(10, 0)]  // another point than the one that was signed
    [InlineData(73, 0)]  // no DER
    [InlineData(100, 0)] // another number
    public void A_ServerKeyExchange_with_a_wrong_signature_is_refused(int offset, byte value)
    {
        using var rogue = Bent(DtlsRole.Client, Type.ServerKeyExchange, body => body[offset] = body[offset] == value ? (byte)(value + 1) : value).Listen();
        rogue.Flight(Type.ServerHello, Type.Certificate, Type.ServerKeyExchange);
        ShouldFail(rogue, DtlsFailure.BadSignature, DtlsAlert.DecryptError);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    [InlineData(4, 0)]
    [InlineData(40, 0)]
    public void A_CertificateVerify_with_a_wrong_signature_is_refused(int offset, byte value)
    {
        using var rogue = Bent(DtlsRole.Server, Type.CertificateVerify, body => body[offset] = body[offset] == value ? (byte)(value + 1) : value).Hello();
        rogue.Flight(Type.Certificate, Type.ClientKeyExchange, Type.CertificateVerify, Type.Finished);
        ShouldFail(rogue, DtlsFailure.BadSignature, DtlsAlert.DecryptError);
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public void A_peer_that_shows_the_certificate_without_having_its_key_is_refused(DtlsRole victim)
    {
        var shown = victim == DtlsRole.Client ? Certificates.Server : Certificates.Client;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stolen = new DtlsCertificate(shown.Der.ToArray(), key);
        using var rogue = new Rogue(victim, stolen);
        ShouldFail(Converse(rogue), DtlsFailure.BadSignature, DtlsAlert.DecryptError);
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public void A_peer_with_another_certificate_is_refused(DtlsRole victim)
    {
        using var rogue = new Rogue(victim, Certificates.Other);
        ShouldFail(Converse(rogue), DtlsFailure.FingerprintMismatch, DtlsAlert.BadCertificate);
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public void A_peer_without_a_certificate_is_refused(DtlsRole victim)
    {
        using var rogue = new Rogue(victim) { Bend = (type, body) => type == Type.Certificate ? [0, 0, 0] : body };
        ShouldFail(Converse(rogue), DtlsFailure.NoCertificate, DtlsAlert.HandshakeFailure);
    }

    [Fact]
    public void Only_the_first_certificate_of_a_list_counts()
    {
        byte[] Doubled(Type type, byte[] body) => type != Type.Certificate
            ? body
            : [0, (byte)((2 * (body.Length - 3)) >> 8), (byte)(2 * (body.Length - 3)), .. body[3..], .. body[3..]];
        using var rogue = new Rogue(DtlsRole.Server) { Bend = Doubled };
        Converse(rogue).Victim.Connection.State.ShouldBe(DtlsState.Connected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("000000FF")]
    [InlineData("000004000005AA")]
    [InlineData("00000000")]
    public void A_certificate_message_that_does_not_decode_is_refused(string body)
    {
        using var rogue = new Rogue(DtlsRole.Server) { Bend = (_, _) => Convert.FromHexString(body) }.Hello();
        rogue.Flight(Type.Certificate);
        ShouldFail(rogue, DtlsFailure.Malformed, DtlsAlert.DecodeError);
    }

    [Fact]
    public void A_certificate_of_the_right_fingerprint_that_is_none_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ShouldBeBad(new DtlsCertificate([1, 2, 3], key));
        ShouldBeBad(new DtlsCertificate([.. Certificates.Client.Der[..100]], key));
    }

    [Fact]
    public void A_certificate_with_a_key_that_is_not_P256_is_refused()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (begin, end) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
        using var first = new CertificateRequest("CN=x", p384, HashAlgorithmName.SHA256).CreateSelfSigned(begin, end);
        using var second = new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(begin, end);
        ShouldBeBad(new DtlsCertificate(first.RawData, key));
        ShouldBeBad(new DtlsCertificate(second.RawData, key));
    }

    [Theory]
    [InlineData("014004010400", "no length of the authorities")]
    [InlineData("01400001040000", "half an algorithm")]
    public void A_CertificateRequest_that_does_not_decode_is_refused(string body, string why)
    {
        using var rogue = new Rogue(DtlsRole.Client) { Bend = (type, honest) => type == Type.CertificateRequest ? Convert.FromHexString(body) : honest }.Listen();
        rogue.Flight(Type.ServerHello, Type.Certificate, Type.ServerKeyExchange, Type.CertificateRequest);
        rogue.Failure.ShouldBe(DtlsFailure.Malformed, why);
    }

    [Theory]
    [InlineData("0101" + "00020403" + "0000")] // RSA certificates only
    [InlineData("0140" + "00020401" + "0000")] // RSA signatures only
    public void A_CertificateRequest_that_we_cannot_answer_is_refused(string body)
    {
        using var rogue = new Rogue(DtlsRole.Client) { Bend = (type, honest) => type == Type.CertificateRequest ? Convert.FromHexString(body) : honest }.Listen();
        rogue.Flight(Type.ServerHello, Type.Certificate, Type.ServerKeyExchange, Type.CertificateRequest);
        ShouldFail(rogue, DtlsFailure.NoSharedSignature, DtlsAlert.HandshakeFailure);
    }

    [Fact]
    public void A_ServerHelloDone_that_holds_something_is_refused()
    {
        using var rogue = new Rogue(DtlsRole.Client) { Bend = (type, body) => type == Type.ServerHelloDone ? [0] : body };
        ShouldFail(Converse(rogue), DtlsFailure.Malformed, DtlsAlert.DecodeError);
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public void A_forged_Finished_is_refused(DtlsRole victim)
    {
        using var rogue = new Rogue(victim);
        UpToFinished(rogue).Protect();
        rogue.SendRecord(ContentType.Handshake, 1, Finished(rogue, new byte[12]));
        rogue.Failure.ShouldBe(DtlsFailure.BadFinished);
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public void A_truncated_Finished_is_refused(DtlsRole victim)
    {
        using var rogue = new Rogue(victim);
        UpToFinished(rogue).Protect();
        rogue.SendRecord(ContentType.Handshake, 1, Finished(rogue, rogue.HonestFinished[12..23]));
        rogue.Failure.ShouldBe(DtlsFailure.Malformed);
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public void A_Finished_in_plain_is_not_heard_even_when_it_is_right(DtlsRole victim)
    {
        using var rogue = new Rogue(victim);
        UpToFinished(rogue).Protect();
        rogue.SendRecord(ContentType.Handshake, 0, rogue.HonestFinished).Wait(1);
        rogue.Victim.Connection.State.ShouldBe(DtlsState.Handshaking);
        rogue.Victim.Connection.Stats.OutOfEpochDropped.ShouldBe(1);
        rogue.SendRecord(ContentType.Handshake, 1, rogue.HonestFinished);
        rogue.Victim.Connection.State.ShouldBe(DtlsState.Connected);
    }

    private static Rogue Bent(DtlsRole victim, Type bent, Action<byte[]> bend) => new(victim)
    {
        Bend = (type, body) =>
        {
            if (type == bent)
            {
                bend(body);
            }

            return body;
        },
    };

    private static Rogue UpToFinished(Rogue rogue) => rogue.Victim.Connection.Role == DtlsRole.Server
        ? rogue.Hello().Flight(Type.Certificate, Type.ClientKeyExchange, Type.CertificateVerify)
        : rogue.Listen().Flight(Type.ServerHello, Type.Certificate, Type.ServerKeyExchange, Type.CertificateRequest, Type.ServerHelloDone);

    private static Rogue Converse(Rogue rogue) => UpToFinished(rogue).Failure == DtlsFailure.None ? rogue.Flight(Type.Finished) : rogue;

    private static byte[] Finished(Rogue rogue, byte[] verifyData)
    {
        byte[] message = [.. rogue.HonestFinished[..12], .. verifyData];
        message[3] = message[11] = (byte)verifyData.Length;
        return message;
    }

    private static void ShouldBeBad(DtlsCertificate certificate)
    {
        using var rogue = new Rogue(DtlsRole.Server, certificate, options => options with { ExpectedFingerprint = certificate.Fingerprint }).Hello();
        rogue.Flight(Type.Certificate);
        ShouldFail(rogue, DtlsFailure.BadCertificate, DtlsAlert.BadCertificate);
    }

    private static void ShouldFail(Rogue rogue, DtlsFailure reason, DtlsAlert alert)
    {
        rogue.Victim.Events.ShouldBe([new DtlsEvent.HandshakeFailed(reason, alert)]);
        rogue.Alerts.ShouldBe([alert]);
        rogue.Victim.Connection.NextDeadline.ShouldBe(Protocol.Net.Instant.Never);
    }
}
