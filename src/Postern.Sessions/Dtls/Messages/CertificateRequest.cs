namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of a CertificateRequest (RFC 5246 §7.4.4). Which authorities the server would like is passed over: certificates are self-signed.</summary>
internal readonly ref struct CertificateRequest
{
    private CertificateRequest(scoped ref WireReader reader)
    {
        CertificateTypes = reader.ReadVector8();
        SignatureAlgorithms = new(reader.ReadVector16());
        reader.ReadVector16();
    }

    public ReadOnlySpan<byte> CertificateTypes { get; }

    public UInt16List SignatureAlgorithms { get; }

    public static bool TryParse(ReadOnlySpan<byte> body, out CertificateRequest request)
    {
        var reader = new WireReader(body);
        request = new(ref reader);
        return reader.IsDone && request.SignatureAlgorithms.IsWhole;
    }

    public static void Write(ref WireWriter writer)
    {
        writer.WriteVector8([CodePoints.CertificateType]);
        writer.WriteUInt16(2);
        writer.WriteUInt16(CodePoints.Signature);
        writer.WriteUInt16(0);
    }
}
