using Postern.Lab.Boxes.Guards;

namespace Postern.Lab.Boxes;

/// <summary>What a firewall does beside remembering flows.</summary>
public sealed record FirewallRules
{
    /// <summary>What may be opened from inside; null for everything.</summary>
    public IReadOnlyList<OutgoingRule>? Outgoing { get; init; }

    /// <summary>What somebody inside hears whose packet is not let out.</summary>
    public RefusalAnswer Refusal { get; init; }

    public IReadOnlyList<GuardRules> Guards { get; init; } = [];
}
