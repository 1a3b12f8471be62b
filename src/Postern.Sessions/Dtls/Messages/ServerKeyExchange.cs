namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of a ServerKeyExchange for ECDHE (RFC 8422 §5.4).</summary>
internal readonly ref struct ServerKeyExchange
{
    private ServerKeyExchange(ReadOnlySpan<byte> body, scoped ref WireReader reader)
    {
        CurveType = reader.ReadByte();
        Group = reader.ReadUInt16();
        Point = reader.ReadVector8();
        Parameters = body[..Math.Min(body.Length, 4 + Point.Length)];
        SignatureAlgorithm = reader.ReadUInt16();
        Signature = reader.ReadVector16();
    }

    public byte CurveType { get; }

    public ushort Group { get; }

    public ReadOnlySpan<byte> Point { get; }

    /// <summary>The bytes that are signed, after both randoms.</summary>
    public ReadOnlySpan<byte> Parameters { get; }

    public ushort SignatureAlgorithm { get; }

    public ReadOnlySpan<byte> Signature { get; }

    public static bool TryParse(ReadOnlySpan<byte> body, out ServerKeyExchange exchange)
    {
        var reader = new WireReader(body);
        exchange = new(body, ref reader);
        return reader.IsDone;
    }

    public static void WriteParameters(ref WireWriter writer, ReadOnlySpan<byte> point)
    {
        writer.WriteByte(CodePoints.NamedCurve);
        writer.WriteUInt16(CodePoints.Group);
        writer.WriteVector8(point);
    }

    public static void Write(ref WireWriter writer, ReadOnlySpan<byte> point, ReadOnlySpan<byte> signature)
    {
        WriteParameters(ref writer, point);
        writer.WriteUInt16(CodePoints.Signature);
        writer.WriteVector16(signature);
    }
}
