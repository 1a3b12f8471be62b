namespace Postern.Lab.Foreign;

/// <summary>How a foreign peer is started.</summary>
internal sealed record ForeignPeerOptions
{
    /// <summary>The network namespace to run in; null is that of this process.</summary>
    public string? Namespace { get; init; }

    /// <summary>The relay that the peer may allocate on.</summary>
    public TurnCredentials? Turn { get; init; }

    /// <summary>Offer and use relayed candidates only.</summary>
    public bool RelayOnly { get; init; }

    /// <summary>The limit on each single request.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}
