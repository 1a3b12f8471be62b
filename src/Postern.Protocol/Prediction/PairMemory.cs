using System.Security.Cryptography;
using System.Text;
using Postern.Protocol.Nat;

namespace Postern.Protocol.Prediction;

/// <summary>What came of earlier calls between two networks.</summary>
/// <param name="Pair">See <see cref="KeyOf"/>.</param>
/// <param name="Predicted">Calls that a predicted port made direct.</param>
/// <param name="Otherwise">Calls that became direct without the prediction that the plan had.</param>
/// <param name="Failed">Calls in which the prediction was tried in vain, since one last became direct.</param>
/// <param name="LastAt">The last of them.</param>
public sealed record PairMemory(string Pair, int Predicted, int Otherwise, int Failed, DateTimeOffset LastAt)
{
    /// <summary>Networks change: after that nothing is held against a method.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    /// <summary>So often in vain is enough.</summary>
    private const int FailuresThatCount = 3;

    private const int MostMethods = 8; // as many as there are, and one of a later version

    private readonly IReadOnlyList<MethodMemory> _methods = [];

    /// <summary>The same by the way that was gone, the latest first; empty in files of earlier versions.</summary>
    public IReadOnlyList<MethodMemory> Methods
    {
        get => _methods;
        init => _methods = [.. (value ?? []).OfType<MethodMemory>().Where(method => method.IsSound).DistinctBy(method => method.Method).Take(MostMethods)];
    }

    /// <summary>What this says of a plan with that method.</summary>
    public PairAdvice Advise(PredictionMethod method)
    {
        var ordinary = Find(MethodMemory.Ordinary) is { Worked: > 0, Failed: < FailuresThatCount } found ? found : null;
        return Find(MethodMemory.NameOf(method)) switch
        {
            { Failed: >= FailuresThatCount } when ordinary is not null => PairAdvice.Wait,
            { Failed: >= FailuresThatCount } => PairAdvice.Leave,
            { Worked: > 0 } known => ordinary is { Failed: 0 } && ordinary.Milliseconds <= known.Milliseconds ? PairAdvice.Wait : PairAdvice.BeginProven,
            _ when ordinary is { Failed: 0 } => PairAdvice.Wait,
            null when Methods.Count == 0 => AdviseByCounts(),
            _ => PairAdvice.Begin,
        };
    }

    /// <summary>Of one way; null where nothing is known of it.</summary>
    public MethodMemory? Find(string method) => Methods.FirstOrDefault(known => known.Method == method);

    public PairMemory With(PairOutcome outcome, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var known = Find(outcome.Way) ?? new(outcome.Way, 0, 0, 0);
        var others = Methods.Where(method => method.Method != outcome.Way)
            .Select(method => outcome.FailsOrdinary && method.Method == MethodMemory.Ordinary ? method.WithFailure() : method);
        return this with
        {
            Predicted = Predicted + (outcome.IsPredicted ? 1 : 0),
            Otherwise = Otherwise + (outcome is { IsDirect: true, IsPredicted: false } ? 1 : 0),
            Failed = outcome.IsDirect ? 0 : Failed + 1,
            LastAt = now,
            Methods = [outcome.IsDirect ? known.WithSuccess(outcome.After) : known.WithFailure(), .. others],
        };
    }

    /// <summary>Names two networks without telling anything of them: SHA-256 over both <see cref="NatReport.Identity"/>, ours first.</summary>
    public static string KeyOf(NatReport own, NatReport peer) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"postern-pair-1\n{own.Identity}\n{peer.Identity}")).AsSpan(0, 16));

    /// <summary>An earlier version counted without saying which method it was.</summary>
    private PairAdvice AdviseByCounts() => (Predicted, Otherwise, Failed) switch
    {
        (0, _, >= FailuresThatCount) => PairAdvice.Leave,
        (0, > 0, _) => PairAdvice.Wait,
        ( > 0, _, _) => PairAdvice.BeginProven,
        _ => PairAdvice.Begin,
    };
}
