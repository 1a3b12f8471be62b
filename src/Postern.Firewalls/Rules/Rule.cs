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

    /// <summary>Names that the vendor gives for the destination; a firewall of addresses cannot use them, a proxy can.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The zone of the host that a <see cref="Verdict.Forward"/> leads to; null for every other verdict.</summary>
    public Zone? Target { get; init; }

    /// <summary>Whether packets of the family can match at all: the sets hold such addresses, and the protocol is of it.</summary>
    public bool AppliesTo(IpVersion version) =>
        Match.Protocol.IsOf(version)
        && !Match.Source.Of(version).IsEmpty
        && !Match.Destination.Of(version).IsEmpty
        && (Verdict is not Verdict.Forward forward || forward.Version == version);
}
