using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Which hosts were seen at one end of a rule, and which the rule opens: this is where learning goes beyond what was seen.</summary>
/// <param name="Seen">How many.</param>
/// <param name="Examples">The first of them.</param>
/// <param name="Opened">What the rule says.</param>
/// <param name="Kind">How the one became the other.</param>
/// <param name="AreMore">More were seen than were told apart.</param>
public sealed record HostChoice(int Seen, IReadOnlyList<IPAddress> Examples, AddressSet Opened, HostChoiceKind Kind, bool AreMore = false)
{
    private const int MaximumExamples = 8;

    /// <summary>Those that were seen, as far as they were told apart.</summary>
    public AddressSet Observed { get; private init; } = AddressSet.None;

    public bool IsZone => Kind == HostChoiceKind.Zone;

    /// <summary>Whether hosts are let through that were not seen.</summary>
    public bool IsWider => Kind is HostChoiceKind.Prefixes or HostChoiceKind.Zone;

    /// <summary>Addresses that the rule opens and that were never seen; infinite where it opens a zone of which nobody knows who lives there.</summary>
    public double NeverSeen => !IsWider ? 0 : Opened.IsAny ? double.PositiveInfinity : Opened.Ranges.Sum(range => Math.Pow(2, range.Bits)) - Seen;

    /// <param name="zone">Where they are.</param>
    /// <param name="hosts">Those that were told apart.</param>
    /// <param name="folded">Where the others are.</param>
    /// <param name="options">How many may be named, and which networks are known.</param>
    internal static HostChoice Of(Zone zone, IReadOnlyList<IPAddress> hosts, IReadOnlyList<AddressRange> folded, LearnOptions options)
    {
        var (areMore, observed) = (folded.Count > 0, AddressSet.Of(hosts.Select(AddressRange.Of)));
        var (opened, kind) = zone.IsSelf ? (AddressSet.Any, HostChoiceKind.Self)
            : !areMore && hosts.Count <= options.MaximumNamedHosts ? (observed, HostChoiceKind.Named)
            : HostCover.Of(hosts, folded, options) is { } cover ? (cover, HostChoiceKind.Prefixes)
            : (zone.Addresses, HostChoiceKind.Zone);
        return new(hosts.Count, [.. hosts.Take(MaximumExamples)], opened, kind, areMore) { Observed = observed };
    }
}
