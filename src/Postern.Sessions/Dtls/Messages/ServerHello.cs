using Postern.Sessions.Dtls.Records;

namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of a ServerHello (RFC 5246 §7.4.1.3).</summary>
internal readonly ref struct ServerHello
{
    private ServerHello(scoped ref WireReader reader)
    {
        Version = reader.ReadUInt16();
        Random = reader.Read(ClientHello.RandomSize);
        SessionId = reader.ReadVector8();
        CipherSuite = reader.ReadUInt16();
        Compression = reader.ReadByte();
        IsWhole = HelloExtensions.TryParse(ref reader, out var extensions);
        Extensions = extensions;
    }

    public ushort Version { get; }

    public ReadOnlySpan<byte> Random { get; }

    public ReadOnlySpan<byte> SessionId { get; }

    public ushort CipherSuite { get; }

    public byte Compression { get; }

    public HelloExtensions Extensions { get; }

    private bool IsWhole { get; }

    public static bool TryParse(ReadOnlySpan<byte> body, out ServerHello hello)
    {
        var reader = new WireReader(body);
        hello = new(ref reader);
        return hello.IsWhole && hello.SessionId.Length <= 32;
    }

    /// <summary>Answers a ClientHello: an extension only where the client showed it (RFC 5246 §7.4.1.4).</summary>
    public static void Write(ref WireWriter writer, ReadOnlySpan<byte> random, ClientHello client, SrtpProfile? profile)
    {
        writer.WriteUInt16(RecordHeader.Dtls12);
        writer.Write(random);
        writer.WriteByte(0); // no session to resume later
        writer.WriteUInt16(CodePoints.CipherSuite);
        writer.WriteByte(CodePoints.Compression);
        var extensions = writer.OpenVector16();
        if (client.SignalsRenegotiation)
        {
            writer.WriteRenegotiationInfo();
        }

        writer.WriteEmptyExtension(ExtensionType.ExtendedMasterSecret);
        if (client.Extensions.Has(ExtensionType.PointFormats))
        {
            writer.WritePointFormats();
        }

        if (profile is { } chosen)
        {
            writer.WriteUseSrtp([chosen]);
        }

        writer.CloseVector16(extensions);
    }
}
