using System.Runtime.CompilerServices;
using Postern.Protocol.Net;
using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Handshake;
using Postern.Sessions.Dtls.Messages;
using Postern.Sessions.Dtls.Records;
using Postern.Tests.Kit;

namespace Postern.Tests.Dtls;

/// <summary>
/// A million mutated datagrams and a million mutated messages. Most go to the parsers; some go to whole machines, which
/// make keys and signatures and are slow. The seeds are one recorded handshake: with the same seed for its random, a new
/// client accepts the recorded server's signature, so that its mutations get far.
/// </summary>
[Collection(nameof(Alone))]
public class FuzzTests
{
    private const ulong Seed = 1;
    private static readonly byte[] Buffer = new byte[2048];
    private static readonly Lazy<byte[]> RecordedHello = new(() => Read("dtls-record", "datagram-0"));
    private static readonly Lazy<Fingerprint> ClientFingerprint = new(() => ReadFingerprint("Certificate-1-client"));
    private static readonly Lazy<Fingerprint> ServerFingerprint = new(() => ReadFingerprint("Certificate-1-server"));
    private readonly Inbox _inbox = new();
    private readonly Dictionary<string, int> _parsed = [];
    private int _case;

    [Fact]
    public void Mutated_datagrams_do_not_disturb_a_connection_or_a_handshake()
    {
        using var dialogue = new Dialogue(Seed).Run();
        var reassembly = new Reassembly();
        FuzzRun.Run("dtls-record", datagram =>
        {
            for (var rest = datagram; RecordHeader.TryParse(rest, out var header); rest = rest[header.WholeSize..])
            {
                if (HandshakeFragment.TryParse(rest[RecordHeader.Size..header.WholeSize], out var fragment))
                {
                    reassembly.Accept(header.Epoch, fragment);
                    reassembly.TryPeek(out _);
                }
            }

            Feed(dialogue.Client.Connection, datagram);
            Feed(dialogue.Server.Connection, datagram);
            if (_case++ % 100 == 0)
            {
                FeedHandshakes(datagram);
            }
        });
        dialogue.BothConnected.ShouldBeTrue();
        _inbox.Received.ShouldBeEmpty();
    }

    [Fact]
    public void Mutated_messages_are_parsed_or_refused()
    {
        FuzzRun.Run("dtls-handshake", message =>
        {
            if (message.IsEmpty)
            {
                return;
            }

            Parse(message[1..]);
            if (_case++ % 100 == 0)
            {
                FeedMessage((HandshakeType)message[0], message[1..]);
            }
        });
        _parsed.Count.ShouldBe(9, string.Join(' ', _parsed));
        _parsed.Values.ShouldAllBe(count => count > 3_000, string.Join(' ', _parsed)); // else the parsers would only ever refuse
    }

    /// <summary>Writes the seeds anew, from a handshake as it is today.</summary>
    [Fact(Explicit = true)]
    public void Write_the_seeds()
    {
        static DtlsOptions Srtp(DtlsOptions options) => options with { SrtpProfiles = [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmHmacSha1With80] };
        using var dialogue = new Dialogue(Seed, Srtp, Srtp).Run();
        var sent = dialogue.Client.Sent.Concat(dialogue.Server.Sent).ToArray();
        var data = new byte[100];
        var length = dialogue.Client.Connection.Protect("some application data"u8, data);
        byte[][] datagrams = [.. sent, data[..length], Middleman.Plain(ContentType.Alert, 0, 2, 40)];
        for (var i = 0; i < datagrams.Length; i++)
        {
            Write("dtls-record", $"datagram-{i}", datagrams[i]);
        }

        WriteMessages(dialogue.Client, "client");
        WriteMessages(dialogue.Server, "server");

        Write("dtls-handshake", "HelloVerifyRequest", [(byte)HandshakeType.HelloVerifyRequest, 0xFE, 0xFF, 4, 1, 2, 3, 4]);
        Write("dtls-handshake", "Finished", [(byte)HandshakeType.Finished, .. new byte[12]]);
    }

    private static void WriteMessages(Side side, string name)
    {
        foreach (var record in side.Sent.SelectMany(Middleman.Records).Where(record => record[0] == (byte)ContentType.Handshake && record[4] == 0))
        {
            HandshakeFragment.TryParse(record.AsSpan(RecordHeader.Size), out var message).ShouldBeTrue();
            Write("dtls-handshake", $"{message.Type}-{message.Sequence}-{name}", [(byte)message.Type, .. message.Bytes]);
        }
    }

    private void Parse(ReadOnlySpan<byte> body)
    {
        var isClientHello = ClientHello.TryParse(body, out var client);
        if (isClientHello)
        {
            _ = client.SignalsRenegotiation && client.CipherSuites.Contains(1) && client.Extensions.Groups.Contains(1) && client.Extensions.SrtpProfiles.Contains(1);
        }

        var isServerHello = ServerHello.TryParse(body, out var server);
        if (isServerHello)
        {
            _ = server.Extensions.PointFormats.Length + server.Extensions.SignatureAlgorithms.Count;
        }

        Count(nameof(ClientHello), isClientHello);
        Count(nameof(ServerHello), isServerHello);
        Count(nameof(HelloVerifyRequest), HelloVerifyRequest.TryParse(body, out _));
        Count(nameof(CertificateMessage), CertificateMessage.TryParse(body, out _));
        Count(nameof(ServerKeyExchange), ServerKeyExchange.TryParse(body, out _));
        Count(nameof(CertificateRequest), CertificateRequest.TryParse(body, out _));
        Count(nameof(ClientKeyExchange), ClientKeyExchange.TryParse(body, out _));
        Count(nameof(CertificateVerify), CertificateVerify.TryParse(body, out _));
        Count(nameof(Finished), Finished.TryParse(body, out _));
    }

    private void Count(string parser, bool isParsed) => _parsed[parser] = _parsed.GetValueOrDefault(parser) + (isParsed ? 1 : 0);

    // Each message is judged as if all before it had been honest.
    private static void FeedMessage(HandshakeType type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case HandshakeType.Certificate when CertificateMessage.TryParse(body, out var message):
                PeerKey.FromCertificate(message.First)?.Dispose();
                break;
            case HandshakeType.ServerKeyExchange or HandshakeType.ClientKeyExchange or HandshakeType.CertificateVerify:
                P256.IsPoint(body);
                using (var key = PeerKey.FromCertificate(Certificates.Client.Der)!)
                {
                    key.Verifies(CodePoints.Signature, new byte[32], body);
                }

                break;
            default:
                using (var rogue = new Rogue(type == HandshakeType.ClientHello ? DtlsRole.Server : DtlsRole.Client).Listen())
                {
                    rogue.Send(type, body.ToArray()).Flush();
                }

                break;
        }
    }

    private void FeedHandshakes(ReadOnlySpan<byte> datagram)
    {
        using var server = new DtlsConnection(DtlsRole.Server, Options(Certificates.Server, ClientFingerprint.Value), new SeededRandom(Seed));
        server.HandleDatagram(RecordedHello.Value, _inbox, Instant.Zero);
        Feed(server, datagram);
        using var client = new DtlsConnection(DtlsRole.Client, Options(Certificates.Client, ServerFingerprint.Value), new SeededRandom(Seed));
        client.Start(Instant.Zero);
        Feed(client, datagram);
        client.State.ShouldNotBe(DtlsState.Connected);
        server.State.ShouldNotBe(DtlsState.Connected);
    }

    private void Feed(DtlsConnection connection, ReadOnlySpan<byte> datagram)
    {
        connection.HandleDatagram(datagram, _inbox, Instant.Zero);
        while (connection.TryTransmit(Buffer, out _) || connection.TryTakeEvent(out _))
        {
        }

        connection.HandleDeadline(Instant.FromMilliseconds(100));
    }

    private static DtlsOptions Options(DtlsCertificate ours, Fingerprint theirs) =>
        new() { Certificate = ours, ExpectedFingerprint = theirs, SrtpProfiles = [SrtpProfile.AeadAes128Gcm] };

    private static byte[] Read(string corpus, string name) => File.ReadAllBytes(Path.Combine(Folder(corpus), name + ".bin"));

    private static Fingerprint ReadFingerprint(string name)
    {
        CertificateMessage.TryParse(Read("dtls-handshake", name).AsSpan(1), out var certificate).ShouldBeTrue();
        return Fingerprint.OfCertificate(certificate.First);
    }

    private static void Write(string corpus, string name, byte[] seed)
    {
        Directory.CreateDirectory(Folder(corpus));
        File.WriteAllBytes(Path.Combine(Folder(corpus), name + ".bin"), seed);
    }

    private static string Folder(string corpus, [CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "corpora", corpus));
}
