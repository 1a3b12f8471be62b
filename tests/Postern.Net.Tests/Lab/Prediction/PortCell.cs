namespace Postern.Net.Tests.Lab.Prediction;

/// <summary>Two boxes whose ports move or not, and how much both sides may probe.</summary>
/// <param name="One">The caller's box, by its id in the catalogue.</param>
/// <param name="Other">The callee's.</param>
/// <param name="Probe">The word that <c>--probe</c> takes.</param>
/// <param name="Least">How many of 20 calls must become direct.</param>
/// <param name="Addresses">How many outer addresses the caller's box has, of which each mapping takes any.</param>
internal sealed record PortCell(string One, string Other, string Probe, int Least, int Addresses = 1)
{
    /// <summary>17 of 20 stand for 95 %, 18 for 97 %, 19 for 99 % and more.</summary>
    public static readonly IReadOnlyList<PortCell> All =
    [
        new("offset-30000", "linux", "polite", 19),
        new("offset-30000-symmetric", "linux", "polite", 19),
        new("sequential-5", "linux", "polite", 19),
        new("sequential-20", "linux", "polite", 19),
        new("sequential-35", "linux", "polite", 19),
        new("sequential-5", "sequential-5", "polite", 18),
        new("block-512", "linux", "polite", 17),
        new("random", "linux", "fast", 17),
        new("random", "address-restricted", "polite", 19),
        new("random", "full-cone", "polite", 19),
        new("sequential-5", "linux", "polite", 19, Addresses: 2),
        new("block-512", "linux", "polite", 17, Addresses: 2),
    ];

    public override string ToString() => $"{One}{(Addresses > 1 ? $" with {Addresses} addresses" : "")} × {Other}, {Probe}";
}
