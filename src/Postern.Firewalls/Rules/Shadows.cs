namespace Postern.Firewalls.Rules;

/// <summary>Finds rules that hide each other, exactly: by zones, addresses, ports, protocol, type and equal ports.</summary>
public static class Shadows
{
    public static IReadOnlyList<ShadowFinding> Of(Policy policy)
    {
        var deciders = new HashSet<string>();
        var hides = new Dictionary<(ShadowKind Kind, string Rule), SortedSet<string>>();
        foreach (var cell in PacketAspect.Of(policy).SelectMany(aspect => PacketSweep.Cells([.. policy.Rules.SelectMany(rule => aspect.Boxes(rule, 0))])))
        {
            var first = cell.Boxes[0].Rule!;
            deciders.Add(first.Id);
            foreach (var later in cell.Boxes.Skip(1).Select(box => box.Rule!).Where(rule => rule.Id != first.Id))
            {
                Note(hides, ShadowKind.NeverReached, later, first);
                if (first.LogPrefix is not null && later.LogPrefix is null)
                {
                    Note(hides, ShadowKind.LogMasks, first, later);
                }

                if (first.Verdict is Verdict.Drop && later.Verdict is Verdict.Reject)
                {
                    Note(hides, ShadowKind.DropHidesReject, first, later);
                }
            }
        }

        var unreached = policy.Rules.Where(rule => !deciders.Contains(rule.Id))
            .Select(rule => new ShadowFinding(ShadowKind.NeverReached, rule.Id, [.. hides.GetValueOrDefault((ShadowKind.NeverReached, rule.Id)) ?? []]));
        return [.. unreached, .. hides.Where(hidden => hidden.Key.Kind != ShadowKind.NeverReached).Select(hidden => new ShadowFinding(hidden.Key.Kind, hidden.Key.Rule, [.. hidden.Value]))];
    }

    /// <summary>What a policy does otherwise than the one that the applications need: lets more pass, or drops what must be refused.</summary>
    public static IReadOnlyList<ShadowFinding> Against(Policy policy, Policy needed)
    {
        var found = new Dictionary<(ShadowKind Kind, string Rule), SortedSet<string>>();
        foreach (var aspect in PacketAspect.Of(policy, needed))
        {
            PacketBox[] boxes = [.. Layer(aspect, policy, 0), .. Layer(aspect, needed, 1)];
            foreach (var cell in PacketSweep.Cells(boxes))
            {
                var (mine, theirs) = (cell.Boxes.First(box => box.Layer == 0), cell.Boxes.First(box => box.Layer == 1));
                var kind = mine.Verdict.LetsPass && !theirs.Verdict.LetsPass ? ShadowKind.Wider
                    : mine.Verdict is Verdict.Drop && theirs is { Verdict: Verdict.Reject, Rule: not null } ? ShadowKind.DropForReject
                    : (ShadowKind?)null;
                if (kind is { } difference)
                {
                    var others = found.TryGetValue((difference, mine.Rule?.Id ?? ""), out var known) ? known : found[(difference, mine.Rule?.Id ?? "")] = [];
                    others.UnionWith(theirs.Rule is { } rule ? [rule.Id] : []);
                }
            }
        }

        return [.. found.Select(one => new ShadowFinding(one.Key.Kind, one.Key.Rule.Length > 0 ? one.Key.Rule : null, [.. one.Value]))];
    }

    private static IEnumerable<PacketBox> Layer(PacketAspect aspect, Policy policy, int layer) =>
        policy.Rules.SelectMany(rule => aspect.Boxes(rule, layer)).Append(aspect.Rest(policy, layer));

    private static void Note(Dictionary<(ShadowKind Kind, string Rule), SortedSet<string>> hides, ShadowKind kind, Rule rule, Rule other)
    {
        if (!hides.TryGetValue((kind, rule.Id), out var others))
        {
            hides[(kind, rule.Id)] = others = new(StringComparer.Ordinal);
        }

        others.Add(other.Id);
    }
}
