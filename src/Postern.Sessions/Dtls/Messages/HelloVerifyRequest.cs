namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of a HelloVerifyRequest (RFC 6347 §4.2.1). We answer one; our server never sends one, since ICE has proven the address.</summary>
internal readonly ref struct HelloVerifyRequest(ReadOnlySpan<byte> cookie)
{
    public ReadOnlySpan<byte> Cookie { get; } = cookie;

    public static bool TryParse(ReadOnlySpan<byte> body, out HelloVerifyRequest request)
    {
        var reader = new WireReader(body);
        reader.ReadUInt16(); // its version says nothing: servers put DTLS 1.0 there
        request = new(reader.ReadVector8());
        return reader.IsDone;
    }
}
