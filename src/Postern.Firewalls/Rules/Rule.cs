namespace Postern.Firewalls.Rules;

/// <summary>One rule: what it is about and what becomes of it.</summary>
public sealed record Rule
{
    /// <summary>Unique in its policy: APP:FLOW, with a number where a flow needs several. Formats write it as the tag <c>postern:APP:FLOW</c>.</summary>
    public required string Id { get; init; }

    public required Phase Phase { get; init; }

    public required Match Match { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>What is written to the log before the verdict; null for silence.</summary>
    public string? LogPrefix { get; init; }

    /// <summary>Why it is there, for a person: one line.</summary>
    public string Why { get; init; } = "";

    /// <summary>Helper of the kernel's connection tracking that the flow needs (ftp, irc, sip, netbios-ns …); null for none.</summary>
    public string? Helper { get; init; }
}
