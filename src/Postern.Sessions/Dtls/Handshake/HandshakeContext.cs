using System.Security.Cryptography;
using Postern.Protocol.Net;
using Postern.Sessions.Dtls.Messages;
using Postern.Sessions.Dtls.Records;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>What both sides of a handshake share: what they know of each other so far, and where their messages go.</summary>
internal sealed class HandshakeContext(DtlsRole role, DtlsOptions options, RecordLayer records) : IDisposable
{
    private ushort _sequence;
    private KeySchedule? _keys;
    private PeerKey? _peerKey;
    private KeyShare? _keyShare;

    public DtlsOptions Options => options;

    public FlightBuffer Flight { get; } = new();

    public Transcript Transcript { get; } = new();

    /// <summary>Made when it is first asked for: a hello that is refused costs no key.</summary>
    public KeyShare KeyShare => _keyShare ??= new();

    public byte[] ClientRandom { get; } = new byte[ClientHello.RandomSize];

    public byte[] ServerRandom { get; } = new byte[ClientHello.RandomSize];

    public Fingerprint? ExpectedFingerprint { get; set; } = options.ExpectedFingerprint;

    public SrtpProfile? SrtpProfile { get; set; }

    /// <summary>How many flights were begun.</summary>
    public int Flights { get; private set; }

    private DtlsRole Peer => role == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client;

    public void DrawRandom(IRandom random) => random.Fill(role == DtlsRole.Client ? ClientRandom : ServerRandom);

    /// <summary>The peer's flight was complete: ours takes the place of the one before.</summary>
    public void BeginFlight()
    {
        Flights++;
        Flight.Clear();
    }

    /// <summary>Adds a message to the flight and to the transcript.</summary>
    public void Send(HandshakeType type, ReadOnlySpan<byte> body)
    {
        var bytes = new byte[HandshakeFragment.HeaderSize + body.Length];
        HandshakeFragment.WriteHeader(bytes, type, body.Length, _sequence++, 0, body.Length);
        body.CopyTo(bytes.AsSpan(HandshakeFragment.HeaderSize));
        Flight.Add(new(ContentType.Handshake, records.IsWriteProtected ? (ushort)1 : (ushort)0, bytes));
        Transcript.Add(new(bytes));
    }

    public void SendCertificate()
    {
        var der = options.Certificate.Der;
        var writer = new WireWriter(new byte[der.Length + 6]);
        CertificateMessage.Write(ref writer, der);
        Send(HandshakeType.Certificate, writer.Written);
    }

    /// <summary>ChangeCipherSpec and Finished; from here on we write in epoch 1.</summary>
    public void SendFinished()
    {
        Flight.Add(new(ContentType.ChangeCipherSpec, 0, [1]));
        records.ProtectWriting(_keys!.CreateProtection(role));
        Span<byte> verifyData = stackalloc byte[Finished.Size];
        _keys.VerifyData(role, Transcript.Current(), verifyData);
        Send(HandshakeType.Finished, verifyData);
    }

    /// <summary>
    /// The fingerprint is compared before anything parses the certificate, so that only bytes of the peer's own making
    /// reach the parser (RFC 8122 §6.2).
    /// </summary>
    public DtlsFailure JudgeCertificate(ReadOnlySpan<byte> body)
    {
        if (!CertificateMessage.TryParse(body, out var message))
        {
            return DtlsFailure.Malformed;
        }

        if (message.First.IsEmpty)
        {
            return DtlsFailure.NoCertificate;
        }

        if (Fingerprint.OfCertificate(message.First) != ExpectedFingerprint)
        {
            return DtlsFailure.FingerprintMismatch;
        }

        _peerKey = PeerKey.FromCertificate(message.First);
        return _peerKey is null ? DtlsFailure.BadCertificate : DtlsFailure.None;
    }

    public bool IsSignedByPeer(ushort algorithm, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) => _peerKey!.Verifies(algorithm, hash, signature);

    /// <summary>The hash that ServerKeyExchange signs (RFC 8422 §5.4).</summary>
    public byte[] HashKeyExchange(ReadOnlySpan<byte> parameters) => SHA256.HashData([.. ClientRandom, .. ServerRandom, .. parameters]);

    /// <summary>To be called when the transcript ends with the ClientKeyExchange (RFC 7627 §3). False where the point is none. Our key share is spent.</summary>
    public bool TryDeriveKeys(ReadOnlySpan<byte> peerPoint)
    {
        if (!KeyShare.TryAgree(peerPoint, out var premaster))
        {
            return false;
        }

        _keys = new(premaster, Transcript.Current(), ClientRandom, ServerRandom);
        CryptographicOperations.ZeroMemory(premaster);
        KeyShare.Dispose();
        records.ProtectReading(_keys.CreateProtection(Peer));
        return true;
    }

    public DtlsFailure JudgeFinished(ReadOnlySpan<byte> body, ReadOnlySpan<byte> hashBefore)
    {
        if (!Finished.TryParse(body, out var finished))
        {
            return DtlsFailure.Malformed;
        }

        Span<byte> expected = stackalloc byte[Finished.Size];
        _keys!.VerifyData(Peer, hashBefore, expected);
        return CryptographicOperations.FixedTimeEquals(expected, finished.VerifyData) ? DtlsFailure.None : DtlsFailure.BadFinished;
    }

    public void Export(ReadOnlySpan<byte> label, byte[]? context, Span<byte> output) => _keys!.Export(label, context, output);

    public void Dispose()
    {
        _keys?.Dispose();
        _peerKey?.Dispose();
        Transcript.Dispose();
        _keyShare?.Dispose();
    }
}
