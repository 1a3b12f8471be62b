using Postern.Sessions.Dtls;
using Type = Postern.Sessions.Dtls.Messages.HandshakeType;

namespace Postern.Tests.Dtls;

/// <summary>Hellos that offer or choose what must not be.</summary>
public class WrongHelloTests
{
    private static readonly byte[] Random = new byte[32];

    [Fact]
    public void A_client_of_another_version_is_refused()
    {
        ShouldRefuse(Hellos.Client(Random, version: 0xFEFF), DtlsFailure.UnsupportedVersion, DtlsAlert.ProtocolVersion); // DTLS 1.0
        ShouldRefuse(Hellos.Client(Random, version: 0x0303), DtlsFailure.UnsupportedVersion, DtlsAlert.ProtocolVersion); // TLS 1.2
        ShouldRefuse(Hellos.Client(Random, version: 0x0000), DtlsFailure.UnsupportedVersion, DtlsAlert.ProtocolVersion);
        ShouldRefuse(Hellos.Client(Random, version: 0xFFFF), DtlsFailure.UnsupportedVersion, DtlsAlert.ProtocolVersion);
    }

    [Fact]
    public void A_client_without_our_cipher_suite_is_refused()
    {
        ShouldRefuse(Hellos.Client(Random, ciphers: []), DtlsFailure.NoSharedCipherSuite, DtlsAlert.HandshakeFailure);
        ShouldRefuse(Hellos.Client(Random, ciphers: [0x0000, 0x002F, 0xC02C, 0xC02F, 0x2BC0]), DtlsFailure.NoSharedCipherSuite, DtlsAlert.HandshakeFailure);
    }

    [Fact]
    public void A_client_that_insists_on_compression_is_refused() =>
        ShouldRefuse(Hellos.Client(Random, compression: [1]), DtlsFailure.IllegalParameter, DtlsAlert.IllegalParameter);

    [Fact]
    public void A_client_without_the_extended_master_secret_is_refused() =>
        ShouldRefuse(Hellos.Client(Random, extensions: ClientWithout(23)), DtlsFailure.NoExtendedMasterSecret, DtlsAlert.HandshakeFailure);

    [Fact]
    public void A_client_without_our_curve_is_refused()
    {
        ShouldRefuse(Hellos.Client(Random, extensions: ClientWithout(10)), DtlsFailure.NoSharedGroup, DtlsAlert.HandshakeFailure);
        ShouldRefuse(Hellos.Client(Random, extensions: [.. ClientWithout(10), (10, [0, 4, 0, 24, 0, 29])]), DtlsFailure.NoSharedGroup, DtlsAlert.HandshakeFailure);
        ShouldRefuse(Hellos.Client(Random, extensions: [.. ClientWithout(11), (11, [1, 1])]), DtlsFailure.NoSharedGroup, DtlsAlert.HandshakeFailure);
    }

    [Fact]
    public void A_client_without_our_signature_is_refused()
    {
        ShouldRefuse(Hellos.Client(Random, extensions: ClientWithout(13)), DtlsFailure.NoSharedSignature, DtlsAlert.HandshakeFailure);
        ShouldRefuse(Hellos.Client(Random, extensions: [.. ClientWithout(13), (13, [0, 4, 4, 1, 2, 3])]), DtlsFailure.NoSharedSignature, DtlsAlert.HandshakeFailure);
    }

    [Fact]
    public void A_client_that_renegotiates_in_its_first_hello_is_refused() =>
        ShouldRefuse(Hellos.Client(Random, extensions: [.. ClientWithout(0xFF01), (0xFF01, [1, 7])]), DtlsFailure.NoSecureRenegotiation, DtlsAlert.HandshakeFailure);

    [Fact]
    public void A_client_hello_that_does_not_decode_is_refused()
    {
        var hello = Hellos.Client(Random);
        ShouldRefuse([], DtlsFailure.Malformed, DtlsAlert.DecodeError);
        for (var length = 1; length < hello.Length; length++)
        {
            var failure = length == 2 + 32 + 1 + 1 + 4 + 2 ? DtlsFailure.NoSharedGroup : DtlsFailure.Malformed; // there it has no extensions, which is allowed
            ShouldRefuse(hello[..length], failure, failure == DtlsFailure.Malformed ? DtlsAlert.DecodeError : DtlsAlert.HandshakeFailure);
        }

        ShouldRefuse([.. hello, 0], DtlsFailure.Malformed, DtlsAlert.DecodeError);
        ShouldRefuse(Hellos.Client(Random, extensions: [.. Hellos.ClientExtensions, Hellos.ExtendedMasterSecret]), DtlsFailure.Malformed, DtlsAlert.DecodeError);
        ShouldRefuse(Hellos.Client(Random, extensions: [(10, [0, 3, 0, 23, 0])]), DtlsFailure.Malformed, DtlsAlert.DecodeError);
        ShouldRefuse(Hellos.Client(Random, extensions: [(10, [0, 9, 0, 23])]), DtlsFailure.Malformed, DtlsAlert.DecodeError);
        ShouldRefuse(Hellos.Client(Random, extensions: [(14, [0, 2, 0, 7])]), DtlsFailure.Malformed, DtlsAlert.DecodeError);
        ShouldRefuse(Hellos.Client(Random, extensions: [(23, [0])]), DtlsFailure.Malformed, DtlsAlert.DecodeError);
    }

    [Fact]
    public void A_client_that_would_rather_speak_DTLS_13_with_large_key_shares_is_served_12()
    {
        (ushort, byte[])[] extensions = [.. Hellos.ClientExtensions, (43, [4, 0xFE, 0xFC, 0xFE, 0xFD]), (51, new byte[1600]), (0x1A1A, [])];
        using var rogue = new Rogue(DtlsRole.Server);
        rogue.Hello(Hellos.Client(rogue.Context.ClientRandom, ciphers: [0x1301, 0xC02B, 0xC02F], extensions: extensions));
        rogue.Flight(Type.Certificate, Type.ClientKeyExchange, Type.CertificateVerify, Type.Finished);
        rogue.Victim.Connection.State.ShouldBe(DtlsState.Connected);
    }

    [Fact]
    public void A_client_that_signals_secure_renegotiation_by_its_cipher_suites_is_answered()
    {
        using var rogue = new Rogue(DtlsRole.Server);
        rogue.Hello(Hellos.Client(rogue.Context.ClientRandom, ciphers: [0xC02B, 0x00FF], extensions: ClientWithout(0xFF01)));
        Convert.ToHexString(rogue.Heard[0].Body).ShouldContain("FF01000100");
    }

    [Fact]
    public void A_client_that_does_not_signal_secure_renegotiation_is_not_told_of_it()
    {
        using var rogue = new Rogue(DtlsRole.Server);
        rogue.Hello(Hellos.Client(rogue.Context.ClientRandom, extensions: ClientWithout(0xFF01)));
        Convert.ToHexString(rogue.Heard[0].Body).ShouldNotContain("FF01000100");
    }

    [Fact]
    public void A_server_of_another_version_is_refused()
    {
        ShouldRefuseServer(Hellos.Server(Random, version: 0xFEFF), DtlsFailure.UnsupportedVersion, DtlsAlert.ProtocolVersion);
        ShouldRefuseServer(Hellos.Server(Random, version: 0xFEFC), DtlsFailure.UnsupportedVersion, DtlsAlert.ProtocolVersion);
    }

    [Fact]
    public void A_server_that_chooses_what_was_not_offered_is_refused()
    {
        ShouldRefuseServer(Hellos.Server(Random, cipher: 0xC02C), DtlsFailure.IllegalParameter, DtlsAlert.IllegalParameter);
        ShouldRefuseServer(Hellos.Server(Random, cipher: 0x0000), DtlsFailure.IllegalParameter, DtlsAlert.IllegalParameter);
        ShouldRefuseServer(Hellos.Server(Random, compression: 1), DtlsFailure.IllegalParameter, DtlsAlert.IllegalParameter);
        ShouldRefuseServer(Hellos.Server(Random, extensions: [.. Hellos.ServerExtensions, (16, [])]), DtlsFailure.UnsolicitedExtension, DtlsAlert.UnsupportedExtension);
        ShouldRefuseServer(Hellos.Server(Random, extensions: [.. Hellos.ServerExtensions, Hellos.Groups]), DtlsFailure.UnsolicitedExtension, DtlsAlert.UnsupportedExtension);
        ShouldRefuseServer(Hellos.Server(Random, extensions: [.. Hellos.ServerExtensions, Hellos.Signatures]), DtlsFailure.UnsolicitedExtension, DtlsAlert.UnsupportedExtension);
        ShouldRefuseServer(Hellos.Server(Random, extensions: [.. Hellos.ServerExtensions, Hellos.UseSrtp(0, 2, 0, 7, 0)]), DtlsFailure.UnsolicitedExtension, DtlsAlert.UnsupportedExtension);
        ShouldRefuseServer(Hellos.Server(Random, extensions: [.. ServerWithout(11), (11, [1, 1])]), DtlsFailure.IllegalParameter, DtlsAlert.IllegalParameter);
    }

    [Fact]
    public void A_server_without_the_extended_master_secret_is_refused() =>
        ShouldRefuseServer(Hellos.Server(Random, extensions: ServerWithout(23)), DtlsFailure.NoExtendedMasterSecret, DtlsAlert.HandshakeFailure);

    [Fact]
    public void A_server_without_secure_renegotiation_is_refused()
    {
        ShouldRefuseServer(Hellos.Server(Random, extensions: ServerWithout(0xFF01)), DtlsFailure.NoSecureRenegotiation, DtlsAlert.HandshakeFailure);
        ShouldRefuseServer(Hellos.Server(Random, extensions: [.. ServerWithout(0xFF01), (0xFF01, [1, 7])]), DtlsFailure.NoSecureRenegotiation, DtlsAlert.HandshakeFailure);
    }

    [Fact]
    public void A_server_hello_that_does_not_decode_is_refused()
    {
        var hello = Hellos.Server(Random);
        for (var length = 0; length < hello.Length; length++)
        {
            var failure = length == 2 + 32 + 1 + 2 + 1 ? DtlsFailure.NoExtendedMasterSecret : DtlsFailure.Malformed;
            ShouldRefuseServer(hello[..length], failure, failure == DtlsFailure.Malformed ? DtlsAlert.DecodeError : DtlsAlert.HandshakeFailure);
        }

        ShouldRefuseServer([.. hello, 0], DtlsFailure.Malformed, DtlsAlert.DecodeError);
    }

    [Theory]
    [InlineData(new byte[] { 0, 2, 0, 1, 0 })]       // one that was not offered
    [InlineData(new byte[] { 0, 4, 0, 7, 0, 7, 0 })] // two
    [InlineData(new byte[] { 0, 0, 0 })]             // none
    [InlineData(new byte[] { 0, 2, 0, 7, 1, 9 })]    // a key identifier that was not offered
    public void A_server_that_settles_srtp_otherwise_than_offered_is_refused(byte[] data)
    {
        using var rogue = new Rogue(DtlsRole.Client, options: options => options with { SrtpProfiles = [SrtpProfile.AeadAes128Gcm] }).Listen();
        rogue.Send(Type.ServerHello, Hellos.Server(Random, extensions: [.. Hellos.ServerExtensions, Hellos.UseSrtp(data)])).Flush();
        rogue.Failure.ShouldBe(DtlsFailure.IllegalParameter);
    }

    private static IEnumerable<(ushort, byte[])> ClientWithout(ushort type) => Hellos.ClientExtensions.Where(e => e.Type != type);

    private static IEnumerable<(ushort, byte[])> ServerWithout(ushort type) => Hellos.ServerExtensions.Where(e => e.Type != type);

    private static void ShouldRefuse(byte[] hello, DtlsFailure reason, DtlsAlert alert)
    {
        using var rogue = new Rogue(DtlsRole.Server).Hello(hello);
        ShouldFail(rogue, reason, alert);
    }

    private static void ShouldRefuseServer(byte[] hello, DtlsFailure reason, DtlsAlert alert)
    {
        using var rogue = new Rogue(DtlsRole.Client).Listen();
        rogue.Send(Type.ServerHello, hello).Flush();
        ShouldFail(rogue, reason, alert);
    }

    private static void ShouldFail(Rogue rogue, DtlsFailure reason, DtlsAlert alert)
    {
        rogue.Victim.Events.ShouldBe([new DtlsEvent.HandshakeFailed(reason, alert)]);
        rogue.Alerts.ShouldBe([alert]);
    }
}
