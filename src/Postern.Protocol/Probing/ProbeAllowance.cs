using Postern.Protocol.Net;

namespace Postern.Protocol.Probing;

/// <summary>One call's access to the budget: which limits hold for it, and what it has spent.</summary>
public sealed class ProbeAllowance(IProbeBudget budget, ProbeLimits limits)
{
    /// <summary>What holds; may change once the other side has said what it allows.</summary>
    public ProbeLimits Limits { get; set; } = limits;

    /// <summary>New destination ports that were paid for.</summary>
    public int Ports { get; private set; }

    /// <summary>Mappings that were made for samples and fan-outs.</summary>
    public int Mappings { get; private set; }

    private readonly HashSet<Endpoint> _paid = [];

    public bool TrySpend(Endpoint destination, Instant now, out Instant retryAt)
    {
        retryAt = now;
        if (_paid.Contains(destination))
        {
            return true;
        }

        if (!budget.TrySpend(destination, Limits, now, out retryAt))
        {
            return false;
        }

        _paid.Add(destination);
        Ports++;
        return true;
    }

    public int TakeMappings(IpAddress target, int wanted, Instant now)
    {
        var granted = budget.TakeMappings(target, wanted, Limits, now);
        Mappings += granted;
        return granted;
    }

    public void Suspend(Instant until) => budget.Suspend(until);
}
