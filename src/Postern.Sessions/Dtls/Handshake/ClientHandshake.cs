using Postern.Protocol.Net;
using Postern.Sessions.Dtls.Messages;
using Postern.Sessions.Dtls.Records;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>The client's side of the full handshake with mutual certificates (RFC 5246 §7.3).</summary>
internal sealed class ClientHandshake(HandshakeContext context, IRandom random) : IHandshake
{
    private const int MaximumVerifyRequests = 3;
    private readonly SrtpProfile[] _profiles = [.. context.Options.SrtpProfiles];
    private ClientStep _step = ClientStep.Unstarted;
    private int _verifyRequests;
    private byte[] _serverPoint = [];

    public bool AwaitsCertificate => _step == ClientStep.Certificate;

    public bool IsComplete => _step == ClientStep.Complete;

    public void Start()
    {
        context.DrawRandom(random);
        SendHello([]);
        _step = ClientStep.ServerHello;
    }

    /// <summary>The table: which message may come at which step. Everything else is a failure.</summary>
    public DtlsFailure Handle(HandshakeMessage message)
    {
        var hashBefore = message.Type == HandshakeType.Finished ? context.Transcript.Current() : [];
        context.Transcript.Add(message);
        return (_step, message.Type) switch
        {
            (ClientStep.ServerHello, HandshakeType.HelloVerifyRequest) => HandleHelloVerifyRequest(message.Body),
            (ClientStep.ServerHello, HandshakeType.ServerHello) => HandleServerHello(message.Body),
            (ClientStep.Certificate, HandshakeType.Certificate) => HandleCertificate(message.Body),
            (ClientStep.ServerKeyExchange, HandshakeType.ServerKeyExchange) => HandleServerKeyExchange(message.Body),
            (ClientStep.CertificateRequest, HandshakeType.CertificateRequest) => HandleCertificateRequest(message.Body),
            (ClientStep.ServerHelloDone, HandshakeType.ServerHelloDone) => HandleServerHelloDone(message.Body),
            (ClientStep.Finished, HandshakeType.Finished) => HandleFinished(message.Body, hashBefore),
            _ => DtlsFailure.UnexpectedMessage,
        };
    }

    private DtlsFailure HandleHelloVerifyRequest(ReadOnlySpan<byte> body)
    {
        if (!HelloVerifyRequest.TryParse(body, out var request))
        {
            return DtlsFailure.Malformed;
        }

        if (++_verifyRequests > MaximumVerifyRequests)
        {
            return DtlsFailure.UnexpectedMessage;
        }

        context.Transcript.Restart();
        SendHello(request.Cookie);
        return DtlsFailure.None;
    }

    private DtlsFailure HandleServerHello(ReadOnlySpan<byte> body)
    {
        if (!ServerHello.TryParse(body, out var hello))
        {
            return DtlsFailure.Malformed;
        }

        var failure = Judge(hello);
        if (failure == DtlsFailure.None)
        {
            hello.Random.CopyTo(context.ServerRandom);
            context.SrtpProfile = hello.Extensions.Has(ExtensionType.UseSrtp) ? (SrtpProfile)hello.Extensions.SrtpProfiles[0] : null;
            _step = ClientStep.Certificate;
        }

        return failure;
    }

    private DtlsFailure Judge(ServerHello hello)
    {
        var extensions = hello.Extensions;
        return hello switch
        {
            { Version: not RecordHeader.Dtls12 } => DtlsFailure.UnsupportedVersion,
            { CipherSuite: not CodePoints.CipherSuite } or { Compression: not CodePoints.Compression } => DtlsFailure.IllegalParameter,
            _ when extensions.HasUnknown || extensions.Has(ExtensionType.SupportedGroups) || extensions.Has(ExtensionType.SignatureAlgorithms) => DtlsFailure.UnsolicitedExtension,
            _ when !extensions.Has(ExtensionType.ExtendedMasterSecret) => DtlsFailure.NoExtendedMasterSecret,
            _ when !extensions.Has(ExtensionType.RenegotiationInfo) || !extensions.RenegotiatedConnection.IsEmpty => DtlsFailure.NoSecureRenegotiation,
            _ when extensions.Has(ExtensionType.PointFormats) && !extensions.PointFormats.Contains(CodePoints.PointFormat) => DtlsFailure.IllegalParameter,
            _ when extensions.Has(ExtensionType.UseSrtp) => JudgeSrtp(extensions),
            _ => DtlsFailure.None,
        };
    }

    // RFC 5764 §4.1.1: one profile of those offered, and the key identifier that was offered: none.
    private DtlsFailure JudgeSrtp(HelloExtensions extensions)
    {
        if (_profiles.Length == 0)
        {
            return DtlsFailure.UnsolicitedExtension;
        }

        var one = extensions.SrtpProfiles.Count == 1 && extensions.SrtpKeyIdentifier.IsEmpty;
        return one && _profiles.Contains((SrtpProfile)extensions.SrtpProfiles[0]) ? DtlsFailure.None : DtlsFailure.IllegalParameter;
    }

    private DtlsFailure HandleCertificate(ReadOnlySpan<byte> body)
    {
        _step = ClientStep.ServerKeyExchange;
        return context.JudgeCertificate(body);
    }

    private DtlsFailure HandleServerKeyExchange(ReadOnlySpan<byte> body)
    {
        if (!ServerKeyExchange.TryParse(body, out var exchange))
        {
            return DtlsFailure.Malformed;
        }

        if (exchange.CurveType != CodePoints.NamedCurve || exchange.Group != CodePoints.Group)
        {
            return DtlsFailure.IllegalParameter;
        }

        if (!context.IsSignedByPeer(exchange.SignatureAlgorithm, context.HashKeyExchange(exchange.Parameters), exchange.Signature))
        {
            return DtlsFailure.BadSignature;
        }

        if (!P256.IsPoint(exchange.Point))
        {
            return DtlsFailure.BadPoint;
        }

        _serverPoint = exchange.Point.ToArray();
        _step = ClientStep.CertificateRequest;
        return DtlsFailure.None;
    }

    private DtlsFailure HandleCertificateRequest(ReadOnlySpan<byte> body)
    {
        if (!CertificateRequest.TryParse(body, out var request))
        {
            return DtlsFailure.Malformed;
        }

        _step = ClientStep.ServerHelloDone;
        return request.CertificateTypes.Contains(CodePoints.CertificateType) && request.SignatureAlgorithms.Contains(CodePoints.Signature)
            ? DtlsFailure.None
            : DtlsFailure.NoSharedSignature;
    }

    private DtlsFailure HandleServerHelloDone(ReadOnlySpan<byte> body)
    {
        if (!body.IsEmpty)
        {
            return DtlsFailure.Malformed;
        }

        context.BeginFlight();
        context.SendCertificate();
        var writer = new WireWriter(stackalloc byte[128]);
        ClientKeyExchange.Write(ref writer, context.KeyShare.Point);
        context.Send(HandshakeType.ClientKeyExchange, writer.Written);
        if (!context.TryDeriveKeys(_serverPoint))
        {
            return DtlsFailure.BadPoint;
        }

        writer = new WireWriter(stackalloc byte[128]);
        CertificateVerify.Write(ref writer, context.Options.Certificate.Sign(context.Transcript.Current()));
        context.Send(HandshakeType.CertificateVerify, writer.Written);
        context.SendFinished();
        _step = ClientStep.Finished;
        return DtlsFailure.None;
    }

    private DtlsFailure HandleFinished(ReadOnlySpan<byte> body, ReadOnlySpan<byte> hashBefore)
    {
        _step = ClientStep.Complete;
        return context.JudgeFinished(body, hashBefore);
    }

    private void SendHello(ReadOnlySpan<byte> cookie)
    {
        context.BeginFlight();
        var writer = new WireWriter(new byte[256 + cookie.Length + (2 * _profiles.Length)]);
        ClientHello.Write(ref writer, context.ClientRandom, cookie, _profiles);
        context.Send(HandshakeType.ClientHello, writer.Written);
    }
}
