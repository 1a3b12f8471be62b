using Postern.Protocol.Net;

namespace Postern.Protocol.Stun.Credentials;

/// <summary>How a server authenticates.</summary>
public sealed record LongTermOptions
{
    public required string Realm { get; init; }

    public required IUserDirectory Users { get; init; }

    /// <summary>The wall clock: seconds since 1970 at an instant. Usernames and nonces expire by it.</summary>
    public required Func<Instant, long> UnixSeconds { get; init; }

    /// <summary>RFC 8656 §5: a nonce should expire "at least once every hour during the lifetime of the allocation".</summary>
    public TimeSpan NonceLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Signs nonces; null draws one. Servers that share it accept each other's nonces.</summary>
    public ReadOnlyMemory<byte>? NonceSecret { get; init; }
}
