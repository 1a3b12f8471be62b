using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>The lines of every chain that a policy needs, in their order.</summary>
internal sealed class ChainTexts
{
    private readonly List<(Place Place, string Line, bool IsFirst)> _lines = [];
    private readonly List<FormatLoss> _losses = [];
    private readonly List<Rule> _lost = [];
    private readonly List<KernelRule> _written = [];
    private readonly Func<KernelRule, KernelText> _write;

    private ChainTexts(Func<KernelRule, KernelText> write) => _write = write;

    public IReadOnlyList<FormatLoss> Losses => _losses;

    public IReadOnlyList<KernelRule> Written => _written;

    /// <summary>How many rules let something pass.</summary>
    public int Opened { get; private set; }

    public static ChainTexts Of(Policy policy, FormatOptions options, IReadOnlyList<IpVersion> versions, Func<KernelRule, KernelText> write)
    {
        var texts = new ChainTexts(write);
        for (var i = 0; i < policy.Rules.Count; i++)
        {
            var rule = policy.Rules[i];
            if (versions.Any(rule.AppliesTo))
            {
                texts.Add(rule, KernelProgram.Of(policy, i, versions));
            }
        }

        if (options.IsWhole)
        {
            texts.AddDefaults(policy, versions);
        }

        return texts;
    }

    public bool Has(Place place) => _lines.Exists(line => line.Place == place);

    /// <summary>What was rewritten comes first: the policy has decided about it already.</summary>
    public IEnumerable<string> Of(Place place) => _lines.Where(line => line.Place == place).OrderByDescending(line => line.IsFirst).Select(line => line.Line);

    private void Add(Rule rule, IReadOnlyList<KernelRule> parts)
    {
        if (parts.Count == 0)
        {
            _losses.Add(new(rule.Id, "No packet that this firewall sees can match it."));
            return;
        }

        var lost = Widening.Of(rule, _lost) ?? parts.Select(part => _write(part).Loss).FirstOrDefault(loss => loss is not null);
        if (lost is not null)
        {
            _losses.Add(new(rule.Id, lost));
            _lost.Add(rule);
            return;
        }

        Opened += rule.Verdict.LetsPass ? 1 : 0;
        Append(parts, rule.Why);
    }

    private void AddDefaults(Policy policy, IReadOnlyList<IpVersion> versions)
    {
        var opens = _lost.Exists(lost => !lost.Verdict.LetsPass);
        var parts = KernelProgram.Defaults(policy, versions);
        Append([.. parts.Where(part => !opens || part.Action is not KernelAction.Accept)], "What no rule is about.");
        if (opens && parts.Any(part => part.Action is KernelAction.Accept))
        {
            _losses.Add(new(KernelProgram.DefaultId, "A default that accepts would let through what a rule that was left out refuses."));
        }
    }

    private void Append(IReadOnlyList<KernelRule> parts, string why)
    {
        var explained = new HashSet<Place>();
        foreach (var part in parts)
        {
            var isFirst = part.Match.IsRedirected;
            if (why.Length > 0 && part.Place is Place.Input or Place.Forward or Place.Output && explained.Add(part.Place))
            {
                _lines.Add((part.Place, $"# {HeaderComment.Line(why)}", isFirst));
            }

            _lines.AddRange(_write(part).Lines.Select(line => (line.Place, line.Line, isFirst)));
            _written.Add(part);
        }
    }
}
