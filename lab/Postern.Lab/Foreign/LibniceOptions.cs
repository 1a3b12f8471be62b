namespace Postern.Lab.Foreign;

/// <summary>How an agent of libnice is started.</summary>
internal sealed record LibniceOptions
{
    public required bool Controlling { get; init; }

    /// <summary>The network namespace to run in; null is that of this process.</summary>
    public string? Namespace { get; init; }

    /// <summary>The one address to bind to; null is all of the namespace but loopback.</summary>
    public string? LocalAddress { get; init; }

    public TurnCredentials? Turn { get; init; }

    /// <summary>Use relayed candidates only.</summary>
    public bool RelayOnly { get; init; }

    /// <summary>Aggressive nomination (RFC 5245) instead of the regular one (RFC 8445).</summary>
    public bool Aggressive { get; init; }

    /// <summary>Do not fail before the remote end of candidates has been told.</summary>
    public bool Trickle { get; init; }

    /// <summary>Consent freshness (RFC 7675).</summary>
    public bool Consent { get; init; }

    /// <summary>Sends and honours the NOMINATION attribute (draft-thatcher-ice-renomination).</summary>
    public bool Renomination { get; init; }

    /// <summary>The limit on each single wait.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);
}
