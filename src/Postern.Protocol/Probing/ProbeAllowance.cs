using Postern.Protocol.Net;

namespace Postern.Protocol.Probing;

/// <summary>One call's access to the budget: which limits hold for it, and what it has spent.</summary>
public sealed class ProbeAllowance(IProbeBudget budget, ProbeLimits limits)
{
    /// <summary>What holds; may change once the other side has said what it allows.</summary>
    public ProbeLimits Limits { get; set; } = limits;

    /// <summary>New destination ports that were paid for.</summary>
    public int Ports { get; private set; }

    /// <summary>When the last of them was.</summary>
    public Instant LastSpentAt { get; private set; } = Instant.Zero;

    /// <summary>Mappings that were made for samples and fan-outs.</summary>
    public int Mappings { get; private set; }

    /// <summary>New destination ports that were put off, and were not paid for since.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>For how long at most: beyond the pace of a mode, something is spent.</summary>
    public TimeSpan LongestWait { get; private set; }

    /// <summary>Mappings that were wanted at once and not granted, at most.</summary>
    public int MappingsRefused { get; private set; }

    private const int MostWaiting = 1024; // a plan has 600; more are not told apart

    private bool _isConcluded;
    private readonly HashSet<Endpoint> _paid = [];
    private readonly HashSet<Endpoint> _waiting = [];

    /// <summary>Whether this call has paid for the port.</summary>
    public bool IsPaid(Endpoint destination) => _paid.Contains(destination);

    public bool TrySpend(Endpoint destination, Instant now, out Instant retryAt)
    {
        retryAt = now;
        if (_paid.Contains(destination))
        {
            return true;
        }

        if (!budget.TrySpend(destination, Limits, now, out retryAt))
        {
            PutOff(destination, retryAt - now);
            return false;
        }

        _paid.Add(destination);
        _waiting.Remove(destination);
        (LastSpentAt, Ports) = (now, Ports + 1);
        return true;
    }

    /// <summary>A new flow to a server of ours, such as a question from a fresh socket.</summary>
    public void NoteServer(Endpoint server, Instant now) => budget.NoteServer(server, now);

    /// <summary>Pays for questions to a server of ours; false, and nothing is spent, where there is nothing for all of them.</summary>
    public bool TryAsk(IpAddress server, int questions, Instant now)
    {
        var limits = Limits with { FlowsPerTarget = Limits.FlowsPerTarget - ProbeLimits.FlowsToServer };
        return Count(questions, questions > 0 && budget.TryTakeMappings(server, questions, limits, now) ? questions : 0) == questions;
    }

    public int TakeMappings(IpAddress target, int wanted, Instant now) => Count(wanted, budget.TakeMappings(target, wanted, Limits, now));

    private int Count(int wanted, int granted)
    {
        Mappings += granted;
        MappingsRefused = Math.Max(MappingsRefused, wanted - granted);
        return granted;
    }

    public void Suspend(Instant until) => budget.Suspend(until);

    /// <summary>All that was planned has been tried: what is put off from now on is not what a direct path was missing.</summary>
    public void Conclude() => _isConcluded = true;

    /// <summary>After a ban all begins anew, on other limits: what was paid for is new to whoever has forgotten it, and the purse knows what it is worth.</summary>
    public void Renew(ProbeLimits limits)
    {
        (Limits, _isConcluded) = (limits, false);
        _paid.Clear();
        _waiting.Clear();
    }

    private void PutOff(Endpoint destination, TimeSpan wait)
    {
        if (_isConcluded)
        {
            return;
        }

        LongestWait = wait > LongestWait ? wait : LongestWait;
        if (_waiting.Count < MostWaiting)
        {
            _waiting.Add(destination);
        }
    }
}
