using Postern.Firewalls.Hosts;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>What of a policy is to be written.</summary>
public sealed record FormatOptions
{
    /// <summary>The families to write rules for.</summary>
    public IReadOnlyList<IpVersion> Versions { get; init; } = [IpVersion.V4, IpVersion.V6];

    /// <summary>A whole policy with its defaults; else a fragment for one that stands.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The chain (or what the format has instead) that a fragment goes into; null for the format's usual one.</summary>
    public string? Into { get; init; }

    /// <summary>Lines that the comment at the head says too: what the planner left out, what to be warned of.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Writes what removes the rules again, found by their tags, instead of the rules.</summary>
    public bool IsUndo { get; init; }

    /// <summary>
    /// What the host's firewall holds now; null where that is not known. With it nftables' rules go by their handles, and the
    /// output says where another chain of the host would still refuse a flow.
    /// </summary>
    public NftRuleset? HostRuleset { get; init; }
}
