using Postern.Lab.Schedules.EasyTier;
using Postern.Lab.Schedules.Frp;
using Postern.Lab.Schedules.HyperDht;

namespace Postern.Lab.Schedules;

/// <summary>The products whose schedules are played here.</summary>
public static class PublishedSchedules
{
    private static readonly ISchedule[] All = [new FrpSchedule(), new EasyTierSchedule(), new HyperDhtSchedule()];

    public static IReadOnlyList<string> Products => [.. All.Select(schedule => schedule.Product)];

    /// <summary>Throws where one of these is no product of ours.</summary>
    public static void Require(IEnumerable<string> products)
    {
        foreach (var product in products)
        {
            Of(product);
        }
    }

    internal static ISchedule Of(string product) =>
        Array.Find(All, schedule => schedule.Product == product) ?? throw new ArgumentException($"No schedule of '{product}' is known.", nameof(product));
}
