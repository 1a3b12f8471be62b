using Postern.Firewalls.Catalogue;

namespace Postern.Firewalls.Rules;

/// <summary>Between whom a flow runs, as far as the firewall sees it.</summary>
internal sealed class FlowPairs(Cast cast, PlanRequest request)
{
    /// <summary>IANA's multicast address space, and RFC 4291 §2.7.</summary>
    private static readonly AddressSet Multicast = AddressSet.Of(
        AddressRange.Of(System.Net.IPNetwork.Parse("224.0.0.0/4")), AddressRange.Of(System.Net.IPNetwork.Parse("ff00::/8")));

    private static readonly System.Net.IPAddress LimitedBroadcast = System.Net.IPAddress.Broadcast;

    private Site Site => request.Site;

    public IEnumerable<(Party From, Party To)> Of(Flow flow) => flow.To switch
    {
        "multicast" => Groups(flow, flow.Addresses ?? Multicast),
        "broadcast" => Groups(flow, Broadcast()),
        _ => Candidates(flow).Where(IsSeen),
    };

    private IEnumerable<(Party From, Party To)> Candidates(Flow flow)
    {
        if (flow.From != flow.To)
        {
            return from sender in Parties(flow.From) from receiver in Parties(flow.To) select (sender, receiver);
        }

        var all = Parties(flow.From);
        var ours = all.Where(party => !party.IsOutside).ToList();
        var theirs = all.Where(party => party.IsOutside).ToList() is { Count: > 0 } named ? named : [.. cast.Strangers(flow.From)];
        return from pair in Ordered([.. ours, .. theirs]) where !(pair.From.IsOutside && pair.To.IsOutside) select pair;
    }

    private static IEnumerable<(Party From, Party To)> Ordered(List<Party> parties) =>
        from sender in parties from receiver in parties where !ReferenceEquals(sender, receiver) select (sender, receiver);

    private IReadOnlyList<Party> Parties(string role) => role == "anywhere" ? [.. cast.Strangers(role)] : cast.Of(role);

    /// <summary>A host sees what begins or ends at it; a router what passes from zone to zone, or begins or ends at it.</summary>
    private bool IsSeen((Party From, Party To) pair) => Site.IsRouter
        ? !pair.From.Zone.Is(pair.To.Zone) && !(pair.From.IsOutside && pair.To.IsOutside)
        : pair.From.IsSelf != pair.To.IsSelf;

    /// <summary>
    /// What is sent to a group stays in its network. A router hears it as if it were sent to the router; a host sends it, and hears it
    /// where it plays another role than the sender's or where there is but one role.
    /// </summary>
    private IEnumerable<(Party From, Party To)> Groups(Flow flow, AddressSet group)
    {
        var senders = Parties(flow.From);
        if (Site.IsRouter)
        {
            var isQuiet = flow.Need is FlowNeed.QuietDrop or FlowNeed.QuietReject;
            return senders.Where(sender => isQuiet && !sender.IsSelf).Select(sender => (sender, new Party(flow.To, null, group, IsBound: true)));
        }

        var sent = senders.Where(sender => sender.IsSelf)
            .SelectMany(sender => Site.Zones.Select(zone => (sender, new Party(flow.To, zone, group, IsBound: true))));
        var heard = cast.Principal != flow.From || cast.IsAlone
            ? Site.Zones.Select(zone => (new Party(flow.From, zone, AddressSet.Any), new Party(flow.To, null, group, IsBound: true)))
            : [];
        return sent.Concat(heard);
    }

    /// <summary>The last address of every IPv4 network that the site names, and the one for all.</summary>
    private AddressSet Broadcast() => Site.Zones.Where(zone => !zone.Zone.Addresses.IsAnyOf(IpVersion.V4))
        .SelectMany(zone => zone.Zone.Addresses.Of(IpVersion.V4).Networks())
        .Where(network => network.PrefixLength < 31)
        .Select(network => AddressRange.Of(network))
        .Aggregate(AddressSet.Of(LimitedBroadcast), (set, network) => set.Union(AddressSet.Of(network with { First = network.Last })));
}
