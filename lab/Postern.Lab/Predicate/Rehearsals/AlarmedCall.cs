namespace Postern.Lab.Predicate.Rehearsals;

/// <summary>What a ban would have come before in one call.</summary>
/// <param name="IsDirect">Whether it became direct, as no such guard acts.</param>
/// <param name="BanBeforeDirect">Seconds of a ban that comes before the direct path; 0 for none.</param>
/// <param name="BanBeforeMeeting">The same of one that comes before both can talk.</param>
/// <param name="IsClose">Whether one comes before that, or at once after it.</param>
internal sealed record AlarmedCall(bool IsDirect, double BanBeforeDirect, double BanBeforeMeeting, bool IsClose)
{
    private const double ShortBan = 50; // seconds, of the sixty for which an outcome is waited

    // As counted in sweeps of some 130 drawn pairs each, and held against others by EdgeWorldTests.
    private const double RelayAfterShort = 0.85;
    private const double RelayAfterLong = 0.07;
    private const double PlanAfterShort = 0.6; // of what guards leave that do their own counting
    private const double PlanAfterLong = 0.04;

    /// <summary>The share that is left of the relay.</summary>
    public double OfRelay => BanBeforeMeeting == 0 ? 1 : BanBeforeMeeting <= ShortBan ? RelayAfterShort : RelayAfterLong;

    /// <summary>The share that is left of the plan.</summary>
    /// <param name="ofAll">As all guards count that act.</param>
    /// <param name="ofOthers">As those count that do not ban their own side.</param>
    public double OfPlan(double ofAll, double ofOthers) => BanBeforeDirect == 0 ? ofOthers : BanBeforeDirect <= ShortBan ? PlanAfterShort * ofAll : PlanAfterLong * ofOthers;
}
