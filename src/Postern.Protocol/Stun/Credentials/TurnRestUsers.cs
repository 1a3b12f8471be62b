using System.Diagnostics.CodeAnalysis;

namespace Postern.Protocol.Stun.Credentials;

/// <summary>
/// Users by a shared secret (<see cref="TurnRestCredential"/>): nothing is remembered, the username says it all. While a
/// secret is being changed two are valid. They cannot be found by hash.
/// </summary>
public sealed class TurnRestUsers(params IReadOnlyList<string> secrets) : IUserDirectory
{
    private IReadOnlyList<string> _secrets = Checked(secrets);

    public bool KnowsHashes => false;

    /// <summary>Replaces the secrets: one, or the new and the old.</summary>
    public void Rotate(params IReadOnlyList<string> secrets) => _secrets = Checked(secrets);

    public bool TryFind(string username, [NotNullWhen(true)] out StunUser? user)
    {
        user = null;
        if (!TurnRestCredential.TryParse(username, out var expiresAt, out var session, out var name))
        {
            return false;
        }

        user = new(username, [.. _secrets.Select(secret => TurnRestCredential.PasswordOf(secret, username))])
        {
            Name = name.Length > 0 ? name : username,
            Session = session,
            ExpiresAt = expiresAt,
        };
        return true;
    }

    public bool TryFindByHash(ReadOnlySpan<byte> userHash, [NotNullWhen(true)] out StunUser? user)
    {
        user = null;
        return false;
    }

    private static IReadOnlyList<string> Checked(IReadOnlyList<string> secrets) =>
        secrets.Count is 1 or 2 && secrets.All(secret => secret.Length > 0)
            ? secrets
            : throw new ArgumentException("One secret, or two while they change.", nameof(secrets));
}
