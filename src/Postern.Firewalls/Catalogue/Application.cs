namespace Postern.Firewalls.Catalogue;

/// <summary>One application, or one way of using it, and the flows that it needs. One file under <c>catalogue/applications</c>.</summary>
public sealed record Application
{
    /// <summary>Lower case, digits and hyphens; also the file's name.</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    /// <summary>What it is, in one line.</summary>
    public string Summary { get; init; } = "";

    public ApplicationStatus Status { get; init; }

    /// <summary>When it ended, where it did: yyyy, yyyy-MM or yyyy-MM-dd.</summary>
    public string? EndedOn { get; init; }

    /// <summary>What people use instead: the id of another application.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>Other names under which people look for it; names of Shorewall macros and firewalld services that mean the same.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Who takes part: the role's name and, in a few words, who that is.</summary>
    public required IReadOnlyDictionary<string, string> Roles { get; init; }

    public required IReadOnlyList<Flow> Flows { get; init; }

    /// <summary>What the application does with an HTTP or SOCKS proxy, in one line each; null where not known.</summary>
    public string? HttpProxy { get; init; }

    /// <summary>See <see cref="HttpProxy"/>.</summary>
    public string? SocksProxy { get; init; }

    /// <summary>What else a keeper of a firewall should know; one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Where the facts are from, for all flows that do not say otherwise.</summary>
    public required IReadOnlyList<string> Sources { get; init; }
}
