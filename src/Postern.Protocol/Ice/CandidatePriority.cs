namespace Postern.Protocol.Ice;

/// <summary>The two formulas of RFC 8445 §5.1.2.1 and §6.1.2.3.</summary>
public static class CandidatePriority
{
    /// <summary>RFC 8445 §5.1.2: "between 1 and (2**31 - 1)".</summary>
    public const uint Maximum = int.MaxValue;

    /// <summary>RFC 8445 §5.1.2.2: the recommended type preferences.</summary>
    public static byte TypePreference(CandidateType type) => type switch
    {
        CandidateType.Host => 126,
        CandidateType.PeerReflexive => 110,
        CandidateType.ServerReflexive => 100,
        _ => 0,
    };

    /// <summary>2^24·type + 2^8·local + (256 − component); there is one component, 1 (RFC 8445 §5.1.2.1).</summary>
    public static uint Of(CandidateType type, ushort localPreference) => Of(TypePreference(type), localPreference);

    /// <summary>2^32·MIN(G,D) + 2·MAX(G,D) + (G&gt;D ? 1 : 0), G being the controlling side's candidate (RFC 8445 §6.1.2.3).</summary>
    public static ulong OfPair(uint controlling, uint controlled) =>
        ((ulong)Math.Min(controlling, controlled) << 32) + (2UL * Math.Max(controlling, controlled)) + (controlling > controlled ? 1UL : 0);

    public static bool IsValid(uint priority) => priority is > 0 and <= Maximum;

    /// <summary>The local preference inside a priority.</summary>
    public static ushort LocalPreference(uint priority) => (ushort)(priority >> 8);

    private static uint Of(byte typePreference, ushort localPreference) => ((uint)typePreference << 24) | ((uint)localPreference << 8) | 255;
}
