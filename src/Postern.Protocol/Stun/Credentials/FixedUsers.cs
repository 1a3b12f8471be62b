using System.Diagnostics.CodeAnalysis;

namespace Postern.Protocol.Stun.Credentials;

/// <summary>Users with passwords that stay, all known beforehand; they can be found by hash as well.</summary>
public sealed class FixedUsers : IUserDirectory
{
    private readonly Dictionary<string, StunUser> _byName = [];
    private readonly Dictionary<UInt128, StunUser> _byHash = [];

    public FixedUsers(string realm, IEnumerable<(string Username, string Password)> users)
    {
        foreach (var (username, password) in users)
        {
            var user = new StunUser(username, [password]);
            _byName.Add(username, user);
            _byHash.Add(Shorten(StunKey.UserHash(username, realm)), user);
        }
    }

    public bool KnowsHashes => true;

    public bool TryFind(string username, [NotNullWhen(true)] out StunUser? user) => _byName.TryGetValue(username, out user);

    public bool TryFindByHash(ReadOnlySpan<byte> userHash, [NotNullWhen(true)] out StunUser? user)
    {
        user = null;
        return userHash.Length == 32 && _byHash.TryGetValue(Shorten(userHash), out user);
    }

    // Half of SHA-256 tells our own users apart; that the caller is one is what the integrity attribute proves.
    private static UInt128 Shorten(ReadOnlySpan<byte> userHash) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(userHash);
}
