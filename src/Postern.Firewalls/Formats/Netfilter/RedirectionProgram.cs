using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>Rules that hand packets to a host behind the firewall (DNAT): rewritten, let through, and, on the way back to where they came from, given our source.</summary>
internal static class RedirectionProgram
{
    public static IEnumerable<KernelRule> Of(Policy policy, Rule rule, Verdict.Forward forward)
    {
        var action = new KernelAction.Redirect(forward.To, forward.Port);
        foreach (var place in Places(rule.Match))
        {
            if (KernelMatches.Of(rule.Match, place, forward.Version) is { } match)
            {
                yield return new(rule.Id, place, match, action);
            }
        }

        foreach (var place in FilterPlaces(policy, rule.Match))
        {
            if (Rewritten(rule.Match, forward, place) is { } match)
            {
                var helper = CtHelperObject.For(rule.Helper, rule.Match.Protocol, forward.Version);
                yield return new(rule.Id, place, match, new KernelAction.Accept(), rule.LogPrefix, helper);
            }
        }

        if (Home(policy, rule, forward) is { } home && rule.Match.From is var from && (from is null || from.Is(home))
            && Rewritten(rule.Match with { From = home }, forward, Place.Hairpin) is { } hairpin)
        {
            yield return new(rule.Id, Place.Hairpin, hairpin with { Out = home.Interfaces }, new KernelAction.Masquerade());
        }
    }

    /// <summary>What keeps the packets of an earlier rule from being rewritten by a later one.</summary>
    public static IEnumerable<KernelRule> Exclusions(Rule rule, IReadOnlyList<Rule> later, IReadOnlyList<IpVersion> versions)
    {
        var affected = versions.Where(version => later.Any(next => ((Verdict.Forward)next.Verdict).Version == version)).ToList();
        var places = later.SelectMany(next => Places(next.Match)).Intersect(Places(rule.Match with { To = null })).ToList();
        var to = rule.Match.To ?? (later.All(next => next.Match.To is { IsSelf: true }) ? Zone.Self : null);
        return from place in places
               from match in KernelMatches.Of(rule.Match with { To = to }, place, affected)
               select new KernelRule(rule.Id, place, match, new KernelAction.Leave());
    }

    // What this host sends to itself is not filtered.
    private static IEnumerable<Place> Places(Match match)
    {
        if (match.From is not { IsSelf: true })
        {
            yield return Place.RedirectIncoming;
        }

        if (match.From is null or { IsSelf: true } && match.To is not { IsSelf: true })
        {
            yield return Place.RedirectOwn;
        }
    }

    // The host may be this one: then the packet comes in and does not go through.
    private static IEnumerable<Place> FilterPlaces(Policy policy, Match match)
    {
        if (match.From is not { IsSelf: true })
        {
            yield return Place.Input;
        }

        if (policy.IsRouter && match.From is not { IsSelf: true })
        {
            yield return Place.Forward;
        }

        if (Places(match).Contains(Place.RedirectOwn))
        {
            yield return Place.Output;
        }
    }

    /// <summary>The packet after its destination was rewritten.</summary>
    private static KernelMatch? Rewritten(Match match, Verdict.Forward forward, Place place)
    {
        var (now, before) = forward.Port is { } port && match.NamesPorts | match.Protocol.HasPorts()
            ? (PortSet.Of(port), match.DestinationPorts)
            : (match.DestinationPorts, PortSet.Any);
        var rewritten = match with
        {
            To = null,
            Destination = AddressSet.Of(forward.To),
            DestinationPorts = now,
            SamePort = match.SamePort && forward.Port is null,
        };
        return KernelMatches.Of(rewritten, place, forward.Version) is { } found ? found with { IsRedirected = true, OriginalPorts = before } : null;
    }

    private static Zone? Home(Policy policy, Rule rule, Verdict.Forward forward) =>
        policy.Zones.Where(zone => !zone.Addresses.IsAnyOf(forward.Version)).FirstOrDefault(zone => zone.Addresses.Contains(forward.To)) ?? rule.Target;
}
