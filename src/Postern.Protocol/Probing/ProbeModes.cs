namespace Postern.Protocol.Probing;

/// <summary>Modes from the most careful to the least: quiet, polite, bold, fast.</summary>
public static class ProbeModes
{
    /// <summary>Whoever says this allows that, too.</summary>
    public static bool Allows(this ProbeMode mode, ProbeMode other) => Rank(other) <= Rank(mode);

    /// <summary>
    /// What holds between two ends: the more careful word of both, so that neither home sees more than its own keeper allows. A peer
    /// that says nothing has been asked nothing: it counts as one that allows what no known detector alarms at.
    /// </summary>
    public static ProbeMode Between(ProbeMode own, ProbeMode? other) => own.Allows(other ?? ProbeMode.Polite) ? other ?? ProbeMode.Polite : own;

    /// <summary>The next that allows more; null where there is none.</summary>
    public static ProbeMode? Next(this ProbeMode mode) => mode switch
    {
        ProbeMode.Quiet => ProbeMode.Polite,
        ProbeMode.Polite => ProbeMode.Bold,
        ProbeMode.Bold => ProbeMode.Fast,
        _ => null,
    };

    private static int Rank(ProbeMode mode) => mode switch
    {
        ProbeMode.Quiet => 0,
        ProbeMode.Polite => 1,
        ProbeMode.Bold => 2,
        _ => 3,
    };
}
