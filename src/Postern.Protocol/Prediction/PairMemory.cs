using System.Security.Cryptography;
using System.Text;
using Postern.Protocol.Nat;

namespace Postern.Protocol.Prediction;

/// <summary>What came of earlier calls between two networks.</summary>
/// <param name="Pair">See <see cref="KeyOf"/>.</param>
/// <param name="Predicted">Calls that a predicted port made direct.</param>
/// <param name="Otherwise">Calls that became direct without the prediction that the plan had.</param>
/// <param name="Failed">Calls in which the prediction was tried in vain, since it last worked.</param>
/// <param name="LastAt">The last of them.</param>
public sealed record PairMemory(string Pair, int Predicted, int Otherwise, int Failed, DateTimeOffset LastAt)
{
    /// <summary>Networks change: after that nothing is held against a method.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    /// <summary>So often in vain, and never otherwise, is enough.</summary>
    private const int FailuresThatCount = 3;

    public bool SaysHopeless => Predicted == 0 && Failed >= FailuresThatCount;

    /// <summary>The prediction was never needed: it can wait for what worked.</summary>
    public bool SaysWait => Predicted == 0 && Otherwise > 0;

    public PairMemory With(bool predicted, bool direct, DateTimeOffset now) => this with
    {
        Predicted = Predicted + (predicted ? 1 : 0),
        Otherwise = Otherwise + (direct && !predicted ? 1 : 0),
        Failed = direct ? 0 : Failed + 1,
        LastAt = now,
    };

    /// <summary>Names two networks without telling anything of them: SHA-256 over both <see cref="NatReport.Identity"/>, ours first.</summary>
    public static string KeyOf(NatReport own, NatReport peer) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"postern-pair-1\n{own.Identity}\n{peer.Identity}")).AsSpan(0, 16));
}
