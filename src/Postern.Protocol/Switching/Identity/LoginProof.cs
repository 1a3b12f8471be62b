namespace Postern.Protocol.Switching.Identity;

/// <summary>
/// What both ends of a login sign. The client signs the server's fresh challenge together with the server's key, the host
/// that it dialled, its name and its own key: a proof is worth nothing on another connection, at another switchboard or for
/// another name. The server answers by signing the client's signature, which only the holder of the pinned server key can.
/// </summary>
public sealed record LoginProof
{
    /// <summary>The server's challenge as it was sent: base64url of 32 random bytes.</summary>
    public required string Challenge { get; init; }

    public required string ServerKey { get; init; }

    /// <summary>Host and port as the client dialled them, in small letters.</summary>
    public required string Host { get; init; }

    public required string Name { get; init; }

    public required string Key { get; init; }

    public string Sign(PeerIdentity client) => client.Sign(Content().Bytes);

    public bool Verify(string signature) => PeerKey.Verify(Key, Content().Bytes, signature);

    public string Countersign(PeerIdentity server, string signature) => server.Sign(Countersigned(signature).Bytes);

    public bool VerifyCountersign(string signature, string countersign) => PeerKey.Verify(ServerKey, Countersigned(signature).Bytes, countersign);

    private SignedBytes Content() => Fields(new SignedBytes("postern switchboard login 1"));

    private SignedBytes Countersigned(string signature) => Fields(new SignedBytes("postern switchboard welcome 1")).Add(signature);

    private SignedBytes Fields(SignedBytes bytes) => bytes.Add(Challenge).Add(ServerKey).Add(Host).Add(Name).Add(Key);
}
