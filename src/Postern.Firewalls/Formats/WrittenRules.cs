using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>The rules of a policy in the words of a format that writes them one by one, and what had to be left out.</summary>
internal sealed class WrittenRules<T>
{
    private readonly List<(Rule Rule, IReadOnlyList<T> Parts)> _rules = [];
    private readonly List<FormatLoss> _losses = [];
    private readonly List<Rule> _lost = [];

    /// <summary>In the policy's order.</summary>
    public IReadOnlyList<(Rule Rule, IReadOnlyList<T> Parts)> Rules => _rules;

    public IReadOnlyList<FormatLoss> Losses => _losses;

    /// <summary>How many rules let something pass.</summary>
    public int Opened => _rules.Count(next => next.Rule.Verdict.LetsPass);

    /// <summary>A refusal was left out: a default that accepts would let through what it refuses.</summary>
    public bool LostRefusal => _lost.Exists(rule => !rule.Verdict.LetsPass);

    public static WrittenRules<T> Of(Policy policy, IReadOnlyList<IpVersion> versions, Func<Rule, RuleParts<T>> write)
    {
        var written = new WrittenRules<T>();
        foreach (var rule in policy.Rules.Where(rule => versions.Any(rule.AppliesTo)))
        {
            written.Add(rule, write(rule));
        }

        return written;
    }

    /// <summary>The defaults of the policy that may stand, given what was left out.</summary>
    public IReadOnlyList<DefaultVerdict> Defaults(Policy policy)
    {
        if (LostRefusal && policy.Defaults.Any(next => next.Verdict.LetsPass) && !_losses.Exists(loss => loss.RuleId == KernelProgram.DefaultId))
        {
            _losses.Add(new(KernelProgram.DefaultId, "A default that accepts would let through what a rule that was left out refuses."));
        }

        return [.. policy.Defaults.Where(next => !LostRefusal || !next.Verdict.LetsPass)];
    }

    /// <summary>Writes all parts anew, in the light of each other; as many as before, in their order.</summary>
    public void Change(Func<List<T>, List<T>> change)
    {
        var changed = change([.. _rules.SelectMany(next => next.Parts)]);
        var first = 0;
        for (var i = 0; i < _rules.Count; i++)
        {
            _rules[i] = (_rules[i].Rule, changed.GetRange(first, _rules[i].Parts.Count));
            first += _rules[i].Parts.Count;
        }
    }

    private void Add(Rule rule, RuleParts<T> parts)
    {
        var loss = Widening.Of(rule, _lost) ?? parts.Loss ?? (parts.Parts.Count == 0 ? "No packet that this firewall sees can match it." : null);
        if (loss is null)
        {
            _rules.Add((rule, parts.Parts));
            return;
        }

        _losses.Add(new(rule.Id, loss));
        if (parts.Loss is not null || parts.Parts.Count > 0)
        {
            _lost.Add(rule);
        }
    }
}
