using System.Diagnostics.CodeAnalysis;

namespace Postern.Protocol.Stun.Credentials;

/// <summary>Several directories asked in turn; USERHASH only where all of them know hashes.</summary>
public sealed class JoinedUsers(params IReadOnlyList<IUserDirectory> directories) : IUserDirectory
{
    public bool KnowsHashes { get; } = directories.All(directory => directory.KnowsHashes);

    public bool TryFind(string username, [NotNullWhen(true)] out StunUser? user)
    {
        foreach (var directory in directories)
        {
            if (directory.TryFind(username, out user))
            {
                return true;
            }
        }

        user = null;
        return false;
    }

    public bool TryFindByHash(ReadOnlySpan<byte> userHash, [NotNullWhen(true)] out StunUser? user)
    {
        foreach (var directory in directories)
        {
            if (directory.TryFindByHash(userHash, out user))
            {
                return true;
            }
        }

        user = null;
        return false;
    }
}
