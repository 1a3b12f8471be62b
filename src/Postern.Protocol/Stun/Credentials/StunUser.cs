namespace Postern.Protocol.Stun.Credentials;

/// <summary>A user as a server knows them.</summary>
/// <param name="Username">USERNAME, whole.</param>
/// <param name="Passwords">Every password that is right at present: two while a secret is being changed.</param>
public sealed record StunUser(string Username, IReadOnlyList<string> Passwords)
{
    /// <summary>The person or machine behind the username; quotas count by it.</summary>
    public string Name { get; init; } = Username;

    /// <summary>The session that the credential was minted for; empty where there is none.</summary>
    public string Session { get; init; } = "";

    /// <summary>Seconds since 1970 from which on the credential is void.</summary>
    public long ExpiresAt { get; init; } = long.MaxValue;
}
