namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of a CertificateVerify (RFC 5246 §7.4.8).</summary>
internal readonly ref struct CertificateVerify
{
    private CertificateVerify(scoped ref WireReader reader)
    {
        SignatureAlgorithm = reader.ReadUInt16();
        Signature = reader.ReadVector16();
    }

    public ushort SignatureAlgorithm { get; }

    public ReadOnlySpan<byte> Signature { get; }

    public static bool TryParse(ReadOnlySpan<byte> body, out CertificateVerify verify)
    {
        var reader = new WireReader(body);
        verify = new(ref reader);
        return reader.IsDone;
    }

    public static void Write(ref WireWriter writer, ReadOnlySpan<byte> signature)
    {
        writer.WriteUInt16(CodePoints.Signature);
        writer.WriteVector16(signature);
    }
}
