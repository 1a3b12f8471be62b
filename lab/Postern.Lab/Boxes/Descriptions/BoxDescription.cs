namespace Postern.Lab.Boxes.Descriptions;

/// <summary>
/// One box, or several in a row, as a file under <c>catalogue/nats</c> describes it. With neither NAT nor firewall it is a
/// public network.
/// </summary>
public sealed record BoxDescription
{
    /// <summary>Lower case, digits and hyphens; also the file's name.</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    /// <summary>What it does, in a sentence or two.</summary>
    public required string Summary { get; init; }

    public NatRules? Nat { get; init; }

    /// <summary>Instead of <see cref="Nat"/>: the id of the box whose NAT this one has as well.</summary>
    public string? NatOf { get; init; }

    public FirewallRules? Firewall { get; init; }

    /// <summary>Instead of a box of its own: the ids of others, from the host outwards.</summary>
    public IReadOnlyList<string> Row { get; init; } = [];

    /// <summary>Where each figure is from, by its path ("nat.ports.offset"); "*" for the behaviour as a whole.</summary>
    public required IReadOnlyDictionary<string, string> Sources { get; init; }

    /// <summary>Where simulator, TUN router and kernel differ, and why; by aspect.</summary>
    public IReadOnlyDictionary<string, string> Differences { get; init; } = new Dictionary<string, string>();
}
