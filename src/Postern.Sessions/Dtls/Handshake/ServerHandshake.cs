using Postern.Protocol.Net;
using Postern.Sessions.Dtls.Messages;
using Postern.Sessions.Dtls.Records;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>The server's side of the full handshake with mutual certificates (RFC 5246 §7.3).</summary>
internal sealed class ServerHandshake(HandshakeContext context, IRandom random) : IHandshake
{
    private ServerStep _step = ServerStep.ClientHello;

    public bool AwaitsCertificate => _step == ServerStep.Certificate;

    public bool IsComplete => _step == ServerStep.Complete;

    public void Start()
    {
    }

    /// <summary>The table: which message may come at which step. Everything else is a failure.</summary>
    public DtlsFailure Handle(HandshakeMessage message)
    {
        var hashBefore = message.Type is HandshakeType.CertificateVerify or HandshakeType.Finished ? context.Transcript.Current() : [];
        context.Transcript.Add(message);
        return (_step, message.Type) switch
        {
            (ServerStep.ClientHello, HandshakeType.ClientHello) => HandleClientHello(message.Body),
            (ServerStep.Certificate, HandshakeType.Certificate) => HandleCertificate(message.Body),
            (ServerStep.ClientKeyExchange, HandshakeType.ClientKeyExchange) => HandleClientKeyExchange(message.Body),
            (ServerStep.CertificateVerify, HandshakeType.CertificateVerify) => HandleCertificateVerify(message.Body, hashBefore),
            (ServerStep.Finished, HandshakeType.Finished) => HandleFinished(message.Body, hashBefore),
            _ => DtlsFailure.UnexpectedMessage,
        };
    }

    private DtlsFailure HandleClientHello(ReadOnlySpan<byte> body)
    {
        if (!ClientHello.TryParse(body, out var hello))
        {
            return DtlsFailure.Malformed;
        }

        var failure = Judge(hello);
        if (failure != DtlsFailure.None)
        {
            return failure;
        }

        hello.Random.CopyTo(context.ClientRandom);
        context.DrawRandom(random);
        context.SrtpProfile = ChooseSrtp(hello.Extensions);
        SendHelloFlight(hello);
        _step = ServerStep.Certificate;
        return DtlsFailure.None;
    }

    // DTLS counts its versions downwards: 1.0 is 0xFEFF, and a client of 1.3 writes 0xFEFD here too.
    private static DtlsFailure Judge(ClientHello hello)
    {
        var extensions = hello.Extensions;
        return hello switch
        {
            { Version: > RecordHeader.Dtls12 or < 0xFE00 } => DtlsFailure.UnsupportedVersion,
            _ when !hello.CipherSuites.Contains(CodePoints.CipherSuite) => DtlsFailure.NoSharedCipherSuite,
            _ when !hello.CompressionMethods.Contains(CodePoints.Compression) => DtlsFailure.IllegalParameter,
            _ when !extensions.Groups.Contains(CodePoints.Group) => DtlsFailure.NoSharedGroup,
            _ when extensions.Has(ExtensionType.PointFormats) && !extensions.PointFormats.Contains(CodePoints.PointFormat) => DtlsFailure.NoSharedGroup,
            _ when !extensions.SignatureAlgorithms.Contains(CodePoints.Signature) => DtlsFailure.NoSharedSignature,
            _ when !extensions.Has(ExtensionType.ExtendedMasterSecret) => DtlsFailure.NoExtendedMasterSecret,
            _ when !extensions.RenegotiatedConnection.IsEmpty => DtlsFailure.NoSecureRenegotiation,
            _ => DtlsFailure.None,
        };
    }

    private SrtpProfile? ChooseSrtp(HelloExtensions extensions)
    {
        foreach (var profile in context.Options.SrtpProfiles)
        {
            if (extensions.SrtpProfiles.Contains((ushort)profile))
            {
                return profile;
            }
        }

        return null;
    }

    private void SendHelloFlight(ClientHello hello)
    {
        context.BeginFlight();
        var writer = new WireWriter(stackalloc byte[256]);
        ServerHello.Write(ref writer, context.ServerRandom, hello, context.SrtpProfile);
        context.Send(HandshakeType.ServerHello, writer.Written);
        context.SendCertificate();

        writer = new WireWriter(stackalloc byte[256]);
        ServerKeyExchange.WriteParameters(ref writer, context.KeyShare.Point);
        var signature = context.Options.Certificate.Sign(context.HashKeyExchange(writer.Written));
        writer = new WireWriter(stackalloc byte[256]);
        ServerKeyExchange.Write(ref writer, context.KeyShare.Point, signature);
        context.Send(HandshakeType.ServerKeyExchange, writer.Written);

        writer = new WireWriter(stackalloc byte[64]);
        CertificateRequest.Write(ref writer);
        context.Send(HandshakeType.CertificateRequest, writer.Written);
        context.Send(HandshakeType.ServerHelloDone, []);
    }

    private DtlsFailure HandleCertificate(ReadOnlySpan<byte> body)
    {
        _step = ServerStep.ClientKeyExchange;
        return context.JudgeCertificate(body);
    }

    private DtlsFailure HandleClientKeyExchange(ReadOnlySpan<byte> body)
    {
        if (!ClientKeyExchange.TryParse(body, out var exchange))
        {
            return DtlsFailure.Malformed;
        }

        _step = ServerStep.CertificateVerify;
        return context.TryDeriveKeys(exchange.Point) ? DtlsFailure.None : DtlsFailure.BadPoint;
    }

    private DtlsFailure HandleCertificateVerify(ReadOnlySpan<byte> body, ReadOnlySpan<byte> hashBefore)
    {
        if (!CertificateVerify.TryParse(body, out var verify))
        {
            return DtlsFailure.Malformed;
        }

        _step = ServerStep.Finished;
        return context.IsSignedByPeer(verify.SignatureAlgorithm, hashBefore, verify.Signature) ? DtlsFailure.None : DtlsFailure.BadSignature;
    }

    private DtlsFailure HandleFinished(ReadOnlySpan<byte> body, ReadOnlySpan<byte> hashBefore)
    {
        var failure = context.JudgeFinished(body, hashBefore);
        if (failure == DtlsFailure.None)
        {
            context.BeginFlight();
            context.SendFinished();
            _step = ServerStep.Complete;
        }

        return failure;
    }
}
