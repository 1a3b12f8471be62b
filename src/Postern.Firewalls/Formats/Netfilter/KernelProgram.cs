using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>
/// A policy as the kernel's netfilter sees it. The kernel rewrites a destination before it filters, while a policy has one order
/// of rules: so an earlier rule that is about the same packets keeps them from being rewritten, and what was rewritten is let
/// through before all other rules.
/// </summary>
internal static class KernelProgram
{
    /// <summary>The tag of what stands in no rule: defaults and routes back.</summary>
    public const string DefaultId = "default";

    /// <summary>What becomes of one rule of the policy, at all places and for these families.</summary>
    public static IReadOnlyList<KernelRule> Of(Policy policy, int index, IReadOnlyList<IpVersion> versions)
    {
        var rule = policy.Rules[index];
        if (rule.Verdict is Verdict.Forward forward)
        {
            return versions.Contains(forward.Version) ? [.. RedirectionProgram.Of(policy, rule, forward)] : [];
        }

        var later = policy.Rules.Skip(index + 1).Where(next => next.Verdict is Verdict.Forward && Packets.Overlap(rule.Match, next.Match)).ToList();
        return [.. RedirectionProgram.Exclusions(rule, later, versions), .. Filters(policy, rule, versions)];
    }

    /// <summary>What stands behind all rules of a whole policy.</summary>
    public static IReadOnlyList<KernelRule> Defaults(Policy policy, IReadOnlyList<IpVersion> versions)
    {
        var back = policy.RouteBack.Select(zone => (new Match { From = zone, To = zone }, (KernelAction)new KernelAction.Accept(), (string?)null));
        var rest = policy.Defaults.Select(next => (new Match { From = next.From, To = next.To }, Action(next.Verdict), next.LogPrefix));
        return
        [
            .. from next in back.Concat(rest)
               from place in Places(policy, next.Item1)
               from match in KernelMatches.Of(next.Item1, place, versions)
               select new KernelRule(DefaultId, place, match, next.Item2, next.Item3),
        ];
    }

    private static IEnumerable<KernelRule> Filters(Policy policy, Rule rule, IReadOnlyList<IpVersion> versions) =>
        from place in Places(policy, rule.Match)
        from match in KernelMatches.Of(rule.Match, place, versions)
        select new KernelRule(
            rule.Id, place, match, Action(rule.Verdict), rule.LogPrefix, CtHelperObject.For(rule.Helper, rule.Match.Protocol, match.Version));

    /// <summary>Which ways the packets of a match take. Nothing goes through a firewall that guards only its own host.</summary>
    private static IEnumerable<Place> Places(Policy policy, Match match)
    {
        var (from, to) = (match.From, match.To);
        if (from is not { IsSelf: true } && to is null or { IsSelf: true })
        {
            yield return Place.Input;
        }

        if (policy.IsRouter && from is not { IsSelf: true } && to is not { IsSelf: true })
        {
            yield return Place.Forward;
        }

        if (from is null or { IsSelf: true } && to is not { IsSelf: true })
        {
            yield return Place.Output;
        }
    }

    private static KernelAction Action(Verdict verdict) => verdict switch
    {
        Verdict.Accept => new KernelAction.Accept(),
        Verdict.Drop => new KernelAction.Drop(),
        Verdict.Reject reject => new KernelAction.Reject(reject.IsAdministrative),
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "A default cannot forward to a host."),
    };
}
