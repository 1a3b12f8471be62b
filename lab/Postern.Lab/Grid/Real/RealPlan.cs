namespace Postern.Lab.Grid.Real;

/// <summary>Who meets for real, and behind which boxes.</summary>
public sealed record RealPlan
{
    /// <summary>
    /// The pairs that meet where none are named: ordinary ICE can do the first five directly and the last three not, and a program
    /// that foresees ports could do better there.
    /// </summary>
    public static readonly IReadOnlyList<(string One, string Other)> UsualPairs =
    [
        ("linux", "port-restricted"),
        ("full-cone", "random"),
        ("public", "firewall-1"),
        ("address-restricted", "random"),
        ("linux", "offset-30000"),
        ("linux", "random"),
        ("firewall-1", "block-512"),
        ("sequential-5", "port-restricted"),
    ];

    /// <summary>The path of <c>postern</c>, which is router and server, and both peers where it meets itself.</summary>
    public required string Program { get; init; }

    /// <summary>The secret that a server with this folder of data mints a relay's credentials with; it is made where there is none yet.</summary>
    public required Func<string, string> RelaySecret { get; init; }

    /// <summary>Of <see cref="RealPeers.Names"/>.</summary>
    public required IReadOnlyList<string> Peers { get; init; }

    /// <summary>The caller's box and the callee's, by the ids of the catalogue.</summary>
    public required IReadOnlyList<(string One, string Other)> Pairs { get; init; }

    /// <summary>Meetings at a time; each has a laboratory of its own.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>How many meetings that makes.</summary>
    public int Meetings => Peers.Count * Pairs.Count;
}
