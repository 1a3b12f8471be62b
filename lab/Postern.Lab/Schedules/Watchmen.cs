using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Simulator;

namespace Postern.Lab.Schedules;

/// <summary>
/// Every guard of the catalogue, posted around a home's outermost box. They only raise the alarm: what they would drop or ban is
/// shown by the boxes that have them (<c>guard-psd</c> and others), in whose homes that guard is not posted twice.
/// </summary>
internal static class Watchmen
{
    /// <summary>Posts them; returns all of a home's boxes that have guards.</summary>
    public static IReadOnlyList<FirewallBox> Post(IReadOnlyList<Gateway> gateways)
    {
        FirewallBox[] own = [.. gateways.Select(gateway => gateway.Box).OfType<FirewallBox>()];
        string[] posted = [.. own.SelectMany(box => box.AlarmsByGuard).Select(guard => guard.Guard)];
        var outermost = gateways[^1];
        var watch = new FirewallBox(new() { Guards = [.. BoxCatalogue.Guards.Where(guard => !posted.Contains(guard.Name))] }, outermost.Box, _ => []);
        outermost.Box = watch;
        return [.. own, watch];
    }
}
