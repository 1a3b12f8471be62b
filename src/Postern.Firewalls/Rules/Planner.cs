namespace Postern.Firewalls.Rules;

/// <summary>
/// Writes the smallest policy that lets applications work where they are wanted. What the entries call noise is refused without a log
/// line, what only a filter without memory would need is never opened, wide holes come after narrow ones, and no rule but the defaults
/// writes to the log, so that none hides another.
/// </summary>
public static class Planner
{
    private const string DropPrefix = "postern:drop";
    private const string RejectPrefix = "postern:reject";

    /// <exception cref="PlanException">The request makes no sense for these applications.</exception>
    public static Plan Plan(PlanRequest request)
    {
        CheckBindings(request);
        var rules = new List<Rule>();
        var notes = new List<PlanNote>();
        var routeBack = new List<Zone>(request.Site.Zones.Where(zone => zone.RoutesBack).Select(zone => zone.Zone));
        foreach (var application in request.Applications)
        {
            var cast = new Cast(application, request);
            var flows = new FlowPlanner(application, request, cast);
            flows.Run();
            rules.AddRange(flows.Rules);
            rules.AddRange(Hairpins.Of(flows.Rules, cast, request.Site));
            notes.AddRange(flows.Notes);
            routeBack.AddRange(Hairpins.Zones(application, cast, request.Site).Where(zone => !routeBack.Exists(zone.Is)));
        }

        Quieten(rules, notes);
        var policy = new Policy
        {
            IsRouter = request.Site.IsRouter,
            Zones = [.. request.Site.Zones.Select(zone => zone.Zone)],
            Defaults = Defaults(request.Site),
            RouteBack = routeBack,
        };
        Spare(rules, policy, notes);
        notes.AddRange(Preconditions.Of(request));
        return new(request, policy with { Rules = [.. Number(rules).OrderBy(rule => rule.Phase)] }, notes);
    }

    /// <summary>
    /// Strangers are dropped, everybody else is told at once. A router's own flows pass, since what the router needs is not what is
    /// planned here; a host's do not.
    /// </summary>
    public static IReadOnlyList<DefaultVerdict> Defaults(Site site) =>
    [
        .. site.IsRouter ? [new DefaultVerdict(Zone.Self, null, new Verdict.Accept())] : Array.Empty<DefaultVerdict>(),
        .. site.Outside.Select(zone => new DefaultVerdict(zone.Zone, null, new Verdict.Drop(), DropPrefix)),
        new(null, null, new Verdict.Reject(), RejectPrefix),
    ];

    private static void CheckBindings(PlanRequest request)
    {
        foreach (var binding in request.Bindings)
        {
            var meant = request.Applications.Where(application => binding.Application is null || binding.Application == application.Id).ToList();
            if (meant.Count == 0)
            {
                throw new PlanException($"'{binding.Application}' is none of the applications that were asked for.");
            }

            var roles = meant.SelectMany(application => application.Roles.Keys).Distinct().ToList();
            if (!roles.Contains(binding.Role))
            {
                throw new PlanException($"There is no role '{binding.Role}'; there is: {string.Join(", ", roles)}.");
            }

            if (binding.Ports is not null && meant.TrueForAll(application => PortResolution.VariableOf(application, binding.Role) is null))
            {
                throw new PlanException($"'{binding.Role}' chooses no port here: nothing of {string.Join(", ", meant.Select(application => application.Id))} depends on it.");
            }
        }
    }

    /// <summary>Noise of one application may be what another cannot do without; a wide hole may well have noise cut out of it.</summary>
    private static void Quieten(List<Rule> rules, List<PlanNote> notes)
    {
        var opened = rules.Where(rule => rule.Verdict.LetsPass).ToList();
        foreach (var noise in rules.Where(rule => rule.Phase == Phase.Noise).ToList())
        {
            if (opened.Find(rule => Hides(noise.Match, rule.Match)) is { } needed)
            {
                rules.Remove(noise);
                notes.Add(new(PlanNoteKind.NoiseYields, noise.Id, $"is not refused, since {needed.Id} needs it"));
            }
        }
    }

    private static bool Hides(Match noise, Match needed) => Packets.Overlap(noise, needed) && noise.DestinationPorts.Contains(needed.DestinationPorts);

    /// <summary>What other rules already let pass, or already refuse, needs no rule of its own: the smallest policy has none.</summary>
    private static void Spare(List<Rule> rules, Policy frame, List<PlanNote> notes)
    {
        var policy = frame with { Rules = [.. rules.Select((rule, at) => rule with { Id = Id(at) }).OrderBy(rule => rule.Phase)] };
        var spared = new List<Rule>();
        foreach (var finding in Shadows.Of(policy).Where(finding => finding.Kind == ShadowKind.NeverReached))
        {
            var rule = rules[At(finding.RuleId!)];
            Rule[] others = [.. finding.Others.Select(other => rules[At(other)])];
            if (others.Length > 0 && Array.TrueForAll(others, other => other.Verdict == rule.Verdict))
            {
                spared.Add(rule);
                notes.Add(new(PlanNoteKind.SameRule, rule.Id, $"needs no rule of its own: {string.Join(", ", others.Select(other => other.Id).Distinct())} decides it already"));
            }
        }

        rules.RemoveAll(rule => spared.Exists(gone => ReferenceEquals(gone, rule)));

        static string Id(int at) => at.ToString(System.Globalization.CultureInfo.InvariantCulture);
        static int At(string id) => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Ids that several rules share get a number behind.</summary>
    internal static IEnumerable<Rule> Number(List<Rule> rules)
    {
        var counts = rules.CountBy(rule => rule.Id).ToDictionary();
        var seen = new Dictionary<string, int>();
        foreach (var rule in rules)
        {
            var number = seen[rule.Id] = seen.GetValueOrDefault(rule.Id) + 1;
            yield return counts[rule.Id] > 1 ? rule with { Id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{rule.Id}:{number}") } : rule;
        }
    }
}
