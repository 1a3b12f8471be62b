using Postern.Sessions.Dtls.Records;

namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of a ClientHello (RFC 6347 §4.2.1, RFC 5246 §7.4.1.2).</summary>
internal readonly ref struct ClientHello
{
    public const int RandomSize = 32;

    private ClientHello(scoped ref WireReader reader)
    {
        Version = reader.ReadUInt16();
        Random = reader.Read(RandomSize);
        SessionId = reader.ReadVector8();
        Cookie = reader.ReadVector8();
        CipherSuites = new(reader.ReadVector16());
        CompressionMethods = reader.ReadVector8();
        IsWhole = HelloExtensions.TryParse(ref reader, out var extensions);
        Extensions = extensions;
    }

    public ushort Version { get; }

    public ReadOnlySpan<byte> Random { get; }

    public ReadOnlySpan<byte> SessionId { get; }

    public ReadOnlySpan<byte> Cookie { get; }

    public UInt16List CipherSuites { get; }

    public ReadOnlySpan<byte> CompressionMethods { get; }

    public HelloExtensions Extensions { get; }

    /// <summary>Either signal of secure renegotiation (RFC 5746 §3.6).</summary>
    public bool SignalsRenegotiation => Extensions.Has(ExtensionType.RenegotiationInfo) || CipherSuites.Contains(CodePoints.RenegotiationSignal);

    private bool IsWhole { get; }

    public static bool TryParse(ReadOnlySpan<byte> body, out ClientHello hello)
    {
        var reader = new WireReader(body);
        hello = new(ref reader);
        return hello.IsWhole && hello.SessionId.Length <= 32 && hello.CipherSuites.IsWhole;
    }

    public static void Write(ref WireWriter writer, ReadOnlySpan<byte> random, ReadOnlySpan<byte> cookie, ReadOnlySpan<SrtpProfile> profiles)
    {
        writer.WriteUInt16(RecordHeader.Dtls12);
        writer.Write(random);
        writer.WriteByte(0); // no session to resume
        writer.WriteVector8(cookie);
        writer.WriteUInt16(2);
        writer.WriteUInt16(CodePoints.CipherSuite);
        writer.WriteVector8([CodePoints.Compression]);
        var extensions = writer.OpenVector16();
        writer.WriteRenegotiationInfo();
        writer.WriteEmptyExtension(ExtensionType.ExtendedMasterSecret);
        writer.WriteList16(ExtensionType.SupportedGroups, CodePoints.Group);
        writer.WritePointFormats();
        writer.WriteList16(ExtensionType.SignatureAlgorithms, CodePoints.Signature);
        if (!profiles.IsEmpty)
        {
            writer.WriteUseSrtp(profiles);
        }

        writer.CloseVector16(extensions);
    }
}
