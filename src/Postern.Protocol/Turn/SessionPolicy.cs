namespace Postern.Protocol.Turn;

/// <summary>What a credential that was minted for a session may do with the relay.</summary>
public sealed record SessionPolicy
{
    /// <summary>Peers may only be relayed addresses of allocations under the same session: nobody uses the relay as a way into the internet.</summary>
    public bool PeersWithinSessionOnly { get; init; }

    /// <summary>An expired username may not even refresh, and its allocation ends when it expires. Otherwise expiry bars new allocations only.</summary>
    public bool EndsWithCredential { get; init; }
}
