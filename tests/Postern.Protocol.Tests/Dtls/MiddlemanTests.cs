using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Messages;
using Postern.Sessions.Dtls.Records;

namespace Postern.Tests.Dtls;

/// <summary>A man in the middle between two honest ends: whatever he changes, they notice.</summary>
public class MiddlemanTests
{
    [Fact]
    public void Rewriting_nothing_changes_nothing()
    {
        using var dialogue = new Dialogue { Tamper = Middleman.Rewrites(DtlsRole.Client, (_, body) => body) }.Run();
        dialogue.BothConnected.ShouldBeTrue();
    }

    [Fact]
    public void Adding_a_weaker_cipher_suite_to_the_offer_is_noticed()
    {
        using var dialogue = Rewriting(HandshakeType.ClientHello, body => Hellos.Client(ClientRandom(body), ciphers: [0xC02B, 0x002F]));
        dialogue.Server.Failed!.Reason.ShouldBe(DtlsFailure.BadSignature); // CertificateVerify signs the transcript first
        dialogue.BothConnected.ShouldBeFalse();
    }

    [Fact]
    public void Taking_the_extended_master_secret_out_of_the_offer_ends_the_handshake()
    {
        using var dialogue = Rewriting(HandshakeType.ClientHello, body => Hellos.Client(ClientRandom(body), extensions: Hellos.ClientExtensions.Where(e => e.Type != 23)));
        dialogue.Server.Failed!.Reason.ShouldBe(DtlsFailure.NoExtendedMasterSecret);
        dialogue.Client.Failed!.ShouldBe(new DtlsEvent.HandshakeFailed(DtlsFailure.PeerAlert, DtlsAlert.HandshakeFailure));
    }

    [Fact]
    public void Downgrading_the_version_ends_the_handshake()
    {
        using var dialogue = Rewriting(HandshakeType.ClientHello, body => [0xFE, 0xFF, .. body[2..]]);
        dialogue.Server.Failed!.Reason.ShouldBe(DtlsFailure.UnsupportedVersion);
        dialogue.Client.Failed!.ShouldBe(new DtlsEvent.HandshakeFailed(DtlsFailure.PeerAlert, DtlsAlert.ProtocolVersion));
    }

    [Theory]
    [InlineData(HandshakeType.ClientHello, DtlsRole.Client)]
    [InlineData(HandshakeType.ServerHello, DtlsRole.Client)]
    public void Changing_a_random_breaks_the_servers_signature(object changed, DtlsRole notices)
    {
        var type = (HandshakeType)changed;
        using var dialogue = Rewriting(type, body => [.. body[..10], (byte)(body[10] ^ 1), .. body[11..]]);
        dialogue[notices].Failed!.Reason.ShouldBe(DtlsFailure.BadSignature);
        dialogue.BothConnected.ShouldBeFalse();
    }

    [Fact]
    public void Taking_srtp_out_of_the_answer_is_noticed()
    {
        static DtlsOptions Srtp(DtlsOptions options) => options with { SrtpProfiles = [SrtpProfile.AeadAes128Gcm] };
        using var dialogue = new Dialogue(1, Srtp, Srtp)
        {
            Tamper = Middleman.Rewrites(DtlsRole.Server, (type, body) => type == HandshakeType.ServerHello ? Hellos.Server(body.AsSpan(2, 32)) : body),
        }.Run();
        dialogue.Server.Failed!.Reason.ShouldBe(DtlsFailure.BadSignature);
        dialogue.BothConnected.ShouldBeFalse();
    }

    [Fact]
    public void Changing_the_ask_for_certificates_is_noticed()
    {
        using var dialogue = Rewriting(HandshakeType.CertificateRequest, _ => [2, 64, 1, 0, 2, 4, 3, 0, 0]);
        dialogue.Server.Failed!.Reason.ShouldBe(DtlsFailure.BadSignature);
        dialogue.BothConnected.ShouldBeFalse();
    }

    [Fact]
    public void A_key_share_from_another_handshake_is_refused_though_it_was_signed()
    {
        byte[] recorded = [];
        using var other = new Dialogue(1)
        {
            Tamper = Middleman.Rewrites(DtlsRole.Server, (type, body) => type == HandshakeType.ServerKeyExchange ? recorded = body : body),
        }.Run();
        recorded.ShouldNotBeEmpty();
        using var dialogue = new Dialogue(2)
        {
            Tamper = Middleman.Rewrites(DtlsRole.Server, (type, body) => type == HandshakeType.ServerKeyExchange ? recorded : body),
        }.Run();
        dialogue.Client.Failed!.Reason.ShouldBe(DtlsFailure.BadSignature);
    }

    [Fact]
    public void A_client_certificate_and_proof_from_another_handshake_are_refused()
    {
        var recorded = new Dictionary<HandshakeType, byte[]>();
        using var other = new Dialogue(1) { Tamper = Middleman.Rewrites(DtlsRole.Client, (type, body) => recorded[type] = body) }.Run();
        using var dialogue = new Dialogue(2)
        {
            Tamper = Middleman.Rewrites(DtlsRole.Client, (type, body) => type == HandshakeType.ClientHello ? body : recorded[type]),
        }.Run();
        dialogue.Server.Failed!.Reason.ShouldBe(DtlsFailure.BadSignature);
    }

    [Fact]
    public void A_man_in_the_middle_with_a_certificate_of_his_own_is_refused_on_both_sides()
    {
        using var client = new Rogue(DtlsRole.Client, Certificates.Other).Listen();
        client.Flight(HandshakeType.ServerHello, HandshakeType.Certificate);
        client.Failure.ShouldBe(DtlsFailure.FingerprintMismatch);
        using var server = new Rogue(DtlsRole.Server, Certificates.Other).Hello();
        server.Flight(HandshakeType.Certificate);
        server.Failure.ShouldBe(DtlsFailure.FingerprintMismatch);
    }

    [Theory]
    [InlineData(DtlsRole.Client, 0)]
    [InlineData(DtlsRole.Server, 0)]
    [InlineData(DtlsRole.Client, 1)]
    [InlineData(DtlsRole.Server, 1)]
    public void A_bit_flipped_anywhere_is_repaired_or_noticed_and_never_splits_the_two_ends(DtlsRole sender, int flight)
    {
        using var honest = new Dialogue().Run();
        var length = honest[sender].Sent[flight].Length;
        for (var position = 0; position < length; position += 3)
        {
            using var dialogue = new Dialogue { Tamper = FlipOnce(sender, flight, position) }.Run();
            var states = (dialogue.Client.Connection.State, dialogue.Server.Connection.State);
            if (dialogue.BothConnected)
            {
                dialogue.Client.Connection.ExportKeyingMaterial("x", null, 16).ShouldBe(dialogue.Server.Connection.ExportKeyingMaterial("x", null, 16), $"at {position}");
            }
            else
            {
                states.ShouldBe((DtlsState.Failed, DtlsState.Failed), $"at {position}");
            }
        }
    }

    [Fact]
    public void A_plain_alert_does_not_stop_a_handshake_that_goes_on()
    {
        using var dialogue = new Dialogue
        {
            Tamper = (_, datagram) => [Middleman.Plain(ContentType.Alert, 0, 2, 40), datagram, Middleman.Plain(ContentType.Alert, 0, 1, 0)],
        }.Run();
        dialogue.BothConnected.ShouldBeTrue();
        dialogue.Client.Connection.Stats.PlainAlerts.ShouldBe(3); // ahead of each datagram of the server, and after the first
    }

    [Fact]
    public void A_plain_alert_is_believed_when_nothing_follows_it()
    {
        using var dialogue = new Dialogue { Tamper = (_, _) => [] };
        dialogue.Run(0.5);
        dialogue.Inject(DtlsRole.Server, Middleman.Plain(ContentType.Alert, 0, 2, 40));
        dialogue.Go();
        dialogue.Client.Events.ShouldBe([new DtlsEvent.HandshakeFailed(DtlsFailure.PeerAlert, DtlsAlert.HandshakeFailure)]);
        dialogue.Now.ShouldBeLessThan(Protocol.Net.Instant.FromMilliseconds(1501));
    }

    [Fact]
    public void Plain_records_of_any_kind_do_nothing_to_a_connection()
    {
        using var dialogue = new Dialogue().Run();
        foreach (var sender in new[] { DtlsRole.Client, DtlsRole.Server })
        {
            dialogue.Inject(sender, Middleman.Plain(ContentType.Alert, 0, 2, 40));
            dialogue.Inject(sender, Middleman.Plain(ContentType.Alert, 0, 1, 0));
            dialogue.Inject(sender, Middleman.Plain(ContentType.ApplicationData, 0, 1, 2, 3));
            dialogue.Inject(sender, Middleman.Plain(ContentType.ChangeCipherSpec, 0, 1));
            dialogue.Inject(sender, Middleman.Plain(ContentType.Alert, 1, 2, 40));
            dialogue.Inject(sender, Middleman.Plain(ContentType.ApplicationData, 2, new byte[40]));
            dialogue.Inject(sender, Middleman.Record(HandshakeType.ClientHello, 4, 0, 0, [1, 2, 3, 4]));
            dialogue.Inject(sender, [.. Middleman.Plain((ContentType)25, 0, 1), 0xFF]);
        }

        dialogue.Go();
        dialogue.BothConnected.ShouldBeTrue();
        dialogue.Client.Inbox.Received.ShouldBeEmpty();
        dialogue.Server.Inbox.Received.ShouldBeEmpty();
        dialogue.Client.Sent.Count.ShouldBe(2);
        dialogue.Server.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public void Application_data_in_plain_before_Finished_is_never_heard()
    {
        using var dialogue = new Dialogue
        {
            Tamper = (_, datagram) => [Middleman.Plain(ContentType.ApplicationData, 0, 1, 2, 3), Middleman.Plain(ContentType.ApplicationData, 1, new byte[40]), datagram],
        }.Run();
        dialogue.BothConnected.ShouldBeTrue();
        dialogue.Client.Inbox.Received.ShouldBeEmpty();
        dialogue.Server.Inbox.Received.ShouldBeEmpty();
    }

    private static ReadOnlySpan<byte> ClientRandom(byte[] hello) => hello.AsSpan(2, 32);

    private static Dialogue Rewriting(HandshakeType type, Func<byte[], byte[]> rewrite)
    {
        var sender = type is HandshakeType.ClientHello ? DtlsRole.Client : DtlsRole.Server;
        return new Dialogue { Tamper = Middleman.Rewrites(sender, (t, body) => t == type ? rewrite(body) : body) }.Run();
    }

    private static Dialogue.Tampering FlipOnce(DtlsRole of, int flight, int position)
    {
        var seen = 0;
        return (sender, datagram) =>
        {
            if (sender == of && seen++ == flight)
            {
                datagram = [.. datagram];
                datagram[Math.Min(position, datagram.Length - 1)] ^= (byte)(1 << (position % 8)); // a signature in DER may be a byte shorter
                return datagram[0] is < 20 or > 63 ? [] : [datagram];
            }

            return [datagram];
        };
    }
}
