namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of a Finished message (RFC 5246 §7.4.9).</summary>
internal readonly ref struct Finished(ReadOnlySpan<byte> verifyData)
{
    public const int Size = 12;

    public ReadOnlySpan<byte> VerifyData { get; } = verifyData;

    public static bool TryParse(ReadOnlySpan<byte> body, out Finished finished)
    {
        finished = new(body);
        return body.Length == Size;
    }
}
