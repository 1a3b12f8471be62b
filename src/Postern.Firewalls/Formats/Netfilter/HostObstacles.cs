using Postern.Firewalls.Hosts;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>Which chains of the host would still refuse what the rules let pass.</summary>
internal static class HostObstacles
{
    /// <summary>One sentence for each chain and reason, with the rules that it is about.</summary>
    /// <param name="host">What the host has.</param>
    /// <param name="written">Our rules.</param>
    /// <param name="isOurs">Chains that our rules stand in or before.</param>
    public static IEnumerable<string> Of(NftRuleset? host, IEnumerable<KernelRule> written, Func<NftChain, bool> isOurs)
    {
        if (host is null)
        {
            return [];
        }

        var refusals = from rule in written
                       where rule.Action is KernelAction.Accept && rule.Place is Place.Input or Place.Forward or Place.Output
                       from version in rule.Match.Version is { } only ? [only] : Enum.GetValues<IpVersion>()
                       from obstacle in NftWalk.Obstacles(host, Sample(rule, version), isOurs)
                       select (rule.RuleId, obstacle.Sentence);
        return refusals.Distinct()
            .GroupBy(refusal => refusal.Sentence, refusal => refusal.RuleId)
            .Select(group => $"STILL REFUSED: {group.Key}: {string.Join(", ", group)}");
    }

    /// <summary>One flow that the rule lets pass; what the rule leaves open is not known.</summary>
    private static HostFlow Sample(KernelRule rule, IpVersion version)
    {
        var match = rule.Match;
        return new(
            rule.Place.ToString().ToLowerInvariant(),
            version,
            match.In.Count > 0 ? match.In[0] : null,
            match.Out.Count > 0 ? match.Out[0] : null,
            match.Protocol,
            match.Source is { } source ? AddressRange.Address(version, source.Ranges[0].First) : null,
            match.Destination is { } destination ? AddressRange.Address(version, destination.Ranges[0].First) : null,
            match.SourcePorts.IsAny ? null : match.SourcePorts.Ranges[0].First,
            match.DestinationPorts.IsAny ? null : match.DestinationPorts.Ranges[0].First);
    }
}
