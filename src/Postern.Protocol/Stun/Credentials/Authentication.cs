using System.Diagnostics.CodeAnalysis;

namespace Postern.Protocol.Stun.Credentials;

/// <summary>What became of a request's credentials.</summary>
/// <param name="ErrorCode">0, or the code of the error response: 400, 401 or 438.</param>
/// <param name="User">Who it is, where the code is 0.</param>
/// <param name="Key">The key that signs the response.</param>
/// <param name="Sha256">Whether the response is signed by MESSAGE-INTEGRITY-SHA256, as the request was (RFC 8489 §9.2.4).</param>
public readonly record struct Authentication(int ErrorCode, StunUser? User, ReadOnlyMemory<byte> Key, bool Sha256)
{
    [MemberNotNullWhen(true, nameof(User))]
    public bool IsAuthentic => ErrorCode == 0 && User is not null;

    /// <summary>Signs a response to this user.</summary>
    public void Sign(ref StunWriter writer)
    {
        if (Sha256)
        {
            writer.AddIntegritySha256(Key.Span);
        }
        else
        {
            writer.AddIntegrity(Key.Span);
        }
    }

    internal static Authentication Failed(int code) => new(code, null, default, false);
}
