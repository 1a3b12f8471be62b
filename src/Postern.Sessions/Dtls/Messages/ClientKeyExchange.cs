namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of a ClientKeyExchange for ECDHE (RFC 8422 §5.7).</summary>
internal readonly ref struct ClientKeyExchange(ReadOnlySpan<byte> point)
{
    public ReadOnlySpan<byte> Point { get; } = point;

    public static bool TryParse(ReadOnlySpan<byte> body, out ClientKeyExchange exchange)
    {
        var reader = new WireReader(body);
        exchange = new(reader.ReadVector8());
        return reader.IsDone;
    }

    public static void Write(ref WireWriter writer, ReadOnlySpan<byte> point) => writer.WriteVector8(point);
}
