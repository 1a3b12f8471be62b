namespace Postern.Firewalls.Rules;

/// <summary>
/// What a firewall lets through: rules in their order, then the first default that fits. Every rule is about packets that open
/// a flow; what belongs to an accepted flow passes in both directions.
/// </summary>
public sealed record Policy
{
    /// <summary>Without <see cref="Zone.Self"/>.</summary>
    public IReadOnlyList<Zone> Zones { get; init; } = [];

    /// <summary>In the order of their phases.</summary>
    public IReadOnlyList<Rule> Rules { get; init; } = [];

    public IReadOnlyList<DefaultVerdict> Defaults { get; init; } = [];

    /// <summary>
    /// Zones whose hosts reach each other through the firewall, by the interface that they came in by (Shorewall's <c>routeback</c>):
    /// what no rule is about passes from the zone back to itself.
    /// </summary>
    public IReadOnlyList<Zone> RouteBack { get; init; } = [];

    /// <summary>Whether the firewall forwards between zones; else it guards one host, whose flows all begin or end at <see cref="Zone.Self"/>.</summary>
    public bool IsRouter { get; init; }
}
