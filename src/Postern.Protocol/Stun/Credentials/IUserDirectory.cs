using System.Diagnostics.CodeAnalysis;

namespace Postern.Protocol.Stun.Credentials;

/// <summary>Where a server looks users up. Called with whatever a stranger typed.</summary>
public interface IUserDirectory
{
    /// <summary>Whether <see cref="TryFindByHash"/> can find every user; only then is USERHASH offered (RFC 8489 §9.2.4).</summary>
    bool KnowsHashes { get; }

    bool TryFind(string username, [NotNullWhen(true)] out StunUser? user);

    /// <param name="userHash">SHA-256(username ":" realm), 32 bytes (RFC 8489 §14.4).</param>
    /// <param name="user">The user.</param>
    bool TryFindByHash(ReadOnlySpan<byte> userHash, [NotNullWhen(true)] out StunUser? user);
}
