using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Postern.Net.Tests.Networks;
using Postern.Sessions.Dtls;

namespace Postern.Net.Tests.Dtls;

/// <summary>OpenSSL is the other end.</summary>
[Trait("part", "net")]
public sealed partial class OpensslTests : IDisposable
{
    private const double Patience = 60;
    private const byte HelloVerifyRequest = 3;
    private readonly OpensslProcess _openssl = new();
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create();

    public void Dispose()
    {
        _openssl.Dispose();
        _certificate.Dispose();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("-listen", "")]      // without memory before the cookie
    [InlineData("-mtu 300", "")]     // in many fragments
    [InlineData("", "fragments")]    // ours in many fragments
    public void Our_client_talks_with_an_openssl_server(string arguments, string ours)
    {
        var server = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        StartServer(server, arguments);
        using var client = new UdpEnd(DtlsRole.Client, Options(ours), server);
        Converse(client);
        client.Connection.Stats.FlightsRepeated.ShouldBeLessThan(20); // only until it listens
        client.Handshake.Any(d => d[13] == HelloVerifyRequest).ShouldBeTrue(); // s_server always asks for the cookie
        if (arguments == "-mtu 300")
        {
            client.Handshake.ShouldAllBe(d => d.Length < 300); // without it, openssl takes a size of its own
        }

        CloseBoth(client);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("-mtu 300", "")]
    [InlineData("", "fragments")]
    public void An_openssl_client_talks_with_our_server(string arguments, string ours)
    {
        using var server = new UdpEnd(DtlsRole.Server, Options(ours));
        StartClient(server.Endpoint, arguments);
        Converse(server);
        server.Connection.Stats.FlightsRepeated.ShouldBe(0);
        CloseBoth(server);
    }

    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(0.2, 2)]
    [InlineData(0.2, 3)]
    public void Our_client_talks_with_an_openssl_server_through_loss(double loss, ulong seed)
    {
        var server = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        StartServer(server, "-mtu 400");
        using var forwarder = new LossyForwarder(server, loss, seed);
        using var client = new UdpEnd(DtlsRole.Client, Options("fragments"), forwarder.Endpoint);
        Converse(client);
        forwarder.Lost.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(0.2, 2)]
    [InlineData(0.2, 3)]
    public void An_openssl_client_talks_with_our_server_through_loss(double loss, ulong seed)
    {
        using var server = new UdpEnd(DtlsRole.Server, Options("fragments"));
        using var forwarder = new LossyForwarder(server.Endpoint, loss, seed);
        StartClient(forwarder.Endpoint, "-mtu 400");
        Converse(server);
        forwarder.Lost.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Both_ends_settle_the_same_srtp_profile_and_export_the_same_keys()
    {
        using var server = new UdpEnd(DtlsRole.Server, Options("") with { SrtpProfiles = [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmHmacSha1With80] });
        _openssl.Start($"s_client -dtls1_2 -connect {server.Endpoint} -use_srtp SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM -keymatexport EXTRACTOR-dtls_srtp -keymatexportlen 56");
        server.Until(() => server.Connection.State == DtlsState.Connected && KeyingMaterial().IsMatch(_openssl.Output), Patience).ShouldBeTrue(_openssl.Output);

        server.Events.ShouldBe([new DtlsEvent.HandshakeCompleted(_openssl.Fingerprint, SrtpProfile.AeadAes128Gcm)]);
        _openssl.Output.ShouldContain("SRTP Extension negotiated, profile=SRTP_AEAD_AES_128_GCM");
        _openssl.Output.ShouldContain("Extended master secret: yes");
        KeyingMaterial().Match(_openssl.Output).Groups[1].Value.ShouldBe(Convert.ToHexString(server.Connection.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", null, 56)));
    }

    [Theory]
    [InlineData("-dtls1 -cipher ALL:@SECLEVEL=0", DtlsFailure.UnsupportedVersion, "protocol version")]
    [InlineData("-dtls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384", DtlsFailure.NoSharedCipherSuite, "handshake failure")]
    [InlineData("-dtls1_2 -curves P-384", DtlsFailure.NoSharedGroup, "handshake failure")]
    [InlineData("-dtls1_2 -sigalgs ECDSA+SHA384", DtlsFailure.NoSharedSignature, "handshake failure")]
    public void A_client_that_shares_nothing_with_us_is_told_so(string arguments, DtlsFailure reason, string said)
    {
        using var server = new UdpEnd(DtlsRole.Server, Options(""));
        _openssl.Start($"s_client {arguments} -connect {server.Endpoint}");
        server.Until(() => server.Connection.State == DtlsState.Failed, Patience).ShouldBeTrue(_openssl.Output);
        ((DtlsEvent.HandshakeFailed)server.Events.Single()).Reason.ShouldBe(reason);
        server.Until(() => _openssl.Output.Contains(said, StringComparison.Ordinal), Patience).ShouldBeTrue(_openssl.Output);
    }

    [Fact]
    public void An_openssl_server_with_another_certificate_is_refused_and_hears_why()
    {
        var server = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        StartServer(server, "-debug");
        using var client = new UdpEnd(DtlsRole.Client, Options("") with { ExpectedFingerprint = _certificate.Fingerprint }, server);
        client.Until(() => client.Connection.State == DtlsState.Failed, Patience).ShouldBeTrue(_openssl.Output);
        client.Events.ShouldBe([new DtlsEvent.HandshakeFailed(DtlsFailure.FingerprintMismatch, DtlsAlert.BadCertificate)]);
        client.Until(() => _openssl.Output.Contains("bad certificate", StringComparison.Ordinal), Patience).ShouldBeTrue(_openssl.Output);
    }

    [GeneratedRegex("Keying material: ([0-9A-F]+)")]
    private static partial Regex KeyingMaterial();

    private void StartServer(IPEndPoint endpoint, string arguments) =>
        _openssl.Start($"s_server -dtls1_2 -accept {endpoint} -Verify 1 -naccept 1 -quiet -timeout {arguments}");

    private void StartClient(IPEndPoint endpoint, string arguments) =>
        _openssl.Start($"s_client -dtls1_2 -connect {endpoint} -quiet -timeout {arguments}");

    private DtlsOptions Options(string ours) => new()
    {
        Certificate = _certificate,
        ExpectedFingerprint = _openssl.Fingerprint,
        MaximumDatagramSize = ours == "fragments" ? 256 : 1200,
    };

    // Every line may be lost, so both sides repeat theirs until both were heard.
    private void Converse(UdpEnd end)
    {
        end.Until(() => end.Connection.State != DtlsState.New && end.Connection.State != DtlsState.Handshaking, Patience).ShouldBeTrue(_openssl.Output);
        end.Events.ShouldBe([new DtlsEvent.HandshakeCompleted(_openssl.Fingerprint, null)], _openssl.Output);
        var count = 0;
        void Both()
        {
            count++;
            end.Say(string.Create(CultureInfo.InvariantCulture, $"from us {count}"));
            _openssl.Say(string.Create(CultureInfo.InvariantCulture, $"from openssl {count}"));
        }

        bool Heard() => end.Received.Contains("from openssl", StringComparison.Ordinal) && _openssl.Output.Contains("from us", StringComparison.Ordinal);
        end.Until(Heard, Patience, Both).ShouldBeTrue(_openssl.Output);
    }

    private void CloseBoth(UdpEnd end)
    {
        end.Close();
        end.Until(() => end.Events.Count == 2, Patience).ShouldBeTrue(_openssl.Output);
        end.Events[1].ShouldBe(new DtlsEvent.Closed(DtlsCloser.Local));
    }
}
