using Postern.Protocol.Net;

namespace Postern.Protocol.Probing;

/// <summary>The purse itself, in memory: what was spent within the longest window, and the mappings that may still stand.</summary>
public sealed class ProbeBudget : IProbeBudget
{
    /// <summary>The longest window of <see cref="ProbeLimits"/>.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>NATs keep a UDP mapping for at least two minutes (RFC 4787 §4.3, REQ-5).</summary>
    private static readonly TimeSpan MappingLife = TimeSpan.FromMinutes(2);

    private const int MostSpends = 4096; // an hour of fast attempts; the oldest go first

    private readonly List<ProbeSpend> _spends = [];
    private readonly List<MappingSpend> _mappings = [];

    /// <summary>The spends of the last hour, oldest first.</summary>
    public IReadOnlyList<ProbeSpend> Spends => _spends;

    /// <summary>The mappings that may still stand.</summary>
    public IReadOnlyList<MappingSpend> Mappings => _mappings;

    /// <summary>Nothing new is opened before.</summary>
    public Instant SuspendedUntil { get; private set; } = Instant.Zero;

    /// <summary>Takes up what was spent elsewhere, oldest first.</summary>
    public void Load(IReadOnlyList<ProbeSpend> spends, IReadOnlyList<MappingSpend> mappings, Instant suspendedUntil)
    {
        _spends.Clear();
        _spends.AddRange(spends);
        _mappings.Clear();
        _mappings.AddRange(mappings);
        SuspendedUntil = suspendedUntil;
    }

    public bool TrySpend(Endpoint destination, ProbeLimits limits, Instant now, out Instant retryAt)
    {
        ArgumentNullException.ThrowIfNull(limits);
        Forget(now);
        var spend = ProbeSpend.Of(destination, now);
        var known = _spends.FindIndex(known => known.Target == spend.Target && known.Port == spend.Port && known.At + limits.Window > now);
        var isKnown = known >= 0;
        var isHeld = isKnown && IsHeld(spend.Port, limits, now);
        retryAt = FreeByFlows(spend.Target, limits, now);
        if (!isKnown)
        {
            retryAt = Instant.Max(Instant.Max(retryAt, SuspendedUntil), FreeByTarget(spend.Target, limits, now));
        }

        if (!isHeld)
        {
            retryAt = Instant.Max(retryAt, FreeByPace(spend.Weight, limits, now));
        }

        if (retryAt > now)
        {
            return false;
        }

        _mappings.Add(new(spend.Target, 1, now)); // another call's socket takes a mapping of its own, towards a known port too
        if (isKnown && (!isHeld || limits.PerSecond > 0))
        {
            _spends.RemoveAt(known); // to whoever counts in windows it is new again when the window is over; within a chain both stand
        }

        _spends.Add(spend);
        return true;
    }

    /// <summary>To xt_psd a port that it holds already is nothing, and a new one goes on with the chain: it knows numbers, not addresses.</summary>
    public bool NoteServer(Endpoint server, Instant now)
    {
        Forget(now);
        if (IsHeld(server.Port, ProbeLimits.Polite, now))
        {
            return false;
        }

        _spends.Add(ProbeSpend.OfServer(server.Port, now));
        return true;
    }

    public int TakeMappings(IpAddress target, int wanted, ProbeLimits limits, Instant now)
    {
        var granted = Math.Min(wanted, Grantable(target, limits, now));
        if (granted > 0)
        {
            _mappings.Add(new(ProbeSpend.TargetOf(target), granted, now));
        }

        return granted;
    }

    public bool TryTakeMappings(IpAddress target, int wanted, ProbeLimits limits, Instant now) =>
        wanted <= Grantable(target, limits, now) && TakeMappings(target, wanted, limits, now) == wanted;

    public void Suspend(Instant until) => SuspendedUntil = Instant.Max(SuspendedUntil, until);

    private int Grantable(IpAddress target, ProbeLimits limits, Instant now)
    {
        ArgumentNullException.ThrowIfNull(limits);
        Forget(now);
        var key = ProbeSpend.TargetOf(target);
        var left = limits.Mappings - _mappings.Sum(made => made.Count);
        var recent = Recent(key, limits, now).ToArray();
        var checks = _spends.Count(spend => spend.Target == key && spend.At + limits.FlowWindow > now);
        var leftToTarget = limits.FlowsPerTarget - Math.Max(checks, ProbeLimits.FlowsOfChecks) - (recent.Sum(made => made.Count) - checks);
        return now < SuspendedUntil ? 0 : Math.Max(0, Math.Min(left, leftToTarget));
    }

    private void Forget(Instant now)
    {
        _spends.RemoveAll(spend => spend.At + Memory <= now);
        _mappings.RemoveAll(made => made.At + MappingLife <= now);
        if (_spends.Count >= MostSpends)
        {
            _spends.RemoveRange(0, _spends.Count - MostSpends + 1);
        }
    }

    /// <summary>To whoever watches for chains the port is nothing new; no chain is watched for where there is a bucket.</summary>
    private bool IsHeld(ushort port, ProbeLimits limits, Instant now) => limits.PerSecond > 0 || Chain(limits.Silence, now).Any(spend => spend.Port == port);

    private Instant FreeByPace(int weight, ProbeLimits limits, Instant now)
    {
        var last = _spends.FindLast(spend => !spend.IsServer);
        return last == default ? Instant.Zero : Instant.Max(last.At + limits.Spacing, limits.PerSecond > 0 ? FreeByBucket(limits) : FreeByChain(weight, limits, now));
    }

    private Instant FreeByChain(int weight, ProbeLimits limits, Instant now)
    {
        var held = Chain(limits.Silence, now).Where(spend => !spend.IsServer).DistinctBy(spend => (spend.Target, spend.Port)).Sum(spend => spend.Weight);
        return held > 0 && held + weight > limits.Burst ? _spends[^1].At + limits.Silence : Instant.Zero;
    }

    /// <summary>What a watcher still holds together, the latest first: it goes on as long as the gaps are shorter than the silence.</summary>
    private IEnumerable<ProbeSpend> Chain(TimeSpan silence, Instant now)
    {
        for (var (i, later) = (_spends.Count - 1, now); i >= 0 && later - _spends[i].At < silence; i--)
        {
            yield return _spends[i];
            later = _spends[i].At;
        }
    }

    /// <summary>A bucket that holds a burst never empties where each port leaves no sooner than the one a burst before it, by the time the burst takes to come back.</summary>
    private Instant FreeByBucket(ProbeLimits limits)
    {
        var free = Instant.Zero;
        var refill = TimeSpan.FromSeconds(1.0 / limits.PerSecond);
        var level = (double)limits.Burst;
        var last = Instant.Zero;
        foreach (var spend in _spends.Where(spend => !spend.IsServer))
        {
            level = Math.Min(limits.Burst, level + ((spend.At - last).TotalSeconds * limits.PerSecond)) - 1;
            last = spend.At;
            free = level >= 1 ? Instant.Zero : spend.At + (refill * (1 - level));
        }

        return free;
    }

    private IEnumerable<MappingSpend> Recent(ulong target, ProbeLimits limits, Instant now) =>
        _mappings.Where(made => made.Target == target && made.At + limits.FlowWindow > now);

    private Instant FreeByFlows(ulong target, ProbeLimits limits, Instant now)
    {
        var recent = Recent(target, limits, now).ToArray();
        return recent.Sum(made => made.Count) < limits.FlowsPerTarget ? Instant.Zero : recent[0].At + limits.FlowWindow;
    }

    private Instant FreeByTarget(ulong target, ProbeLimits limits, Instant now)
    {
        var recent = _spends.Where(spend => spend.Target == target && spend.At + limits.Window > now).Reverse().DistinctBy(spend => spend.Port).ToArray(); // the latest first
        return recent.Length < limits.PerTarget ? Instant.Zero : recent[limits.PerTarget - 1].At + limits.Window;
    }
}
