namespace Postern.Cli.Firewalls;

/// <summary>What was asked of <c>postern rules</c>, as it was typed.</summary>
internal sealed record RulesOptions
{
    public required IReadOnlyList<string> Applications { get; init; }

    /// <summary>ROLE=HOST[:PORT].</summary>
    public IReadOnlyList<string> For { get; init; } = [];

    /// <summary>"host" or "router"; null where the zones file says, else a host.</summary>
    public string? At { get; init; }

    public string? ZonesFile { get; init; }

    /// <summary>"4", "6" or "both".</summary>
    public string Family { get; init; } = "both";

    public string Format { get; init; } = "plain";

    public string? Into { get; init; }

    public bool IsWhole { get; init; }

    public bool IsUndo { get; init; }

    public bool IsStrict { get; init; }

    public bool IsRefusal { get; init; }

    /// <summary>What a refusal leaves open.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>ROLE=SYSTEM or ROLE=PORTS.</summary>
    public IReadOnlyList<string> Systems { get; init; } = [];

    /// <summary>NAME=PORTS.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    public bool WithLegacy { get; init; }

    public bool RequiredOnly { get; init; }

    /// <summary>The folder that the files go to; null for standard output.</summary>
    public string? Folder { get; init; }

    /// <summary>Writes over files that are there.</summary>
    public bool IsForced { get; init; }

    /// <summary>The rules are for this machine: its own firewall is looked at.</summary>
    public bool IsHere { get; init; }

    /// <summary>How long the rules are on trial here; null where nothing is applied.</summary>
    public TimeSpan? ApplyWithin { get; init; }
}
