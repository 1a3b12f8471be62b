using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.Frp;

/// <summary>What frp makes of a side's mapped endpoints (pkg/nathole/classify.go).</summary>
/// <param name="IsHard">The mapping does not stay.</param>
/// <param name="IsRegular">Only the port changes, by 1 to 5 over all samples.</param>
/// <param name="Spread">The highest port minus the lowest; 0 where more than the port changes.</param>
/// <param name="IsPublic">The host itself has the mapped address.</param>
internal sealed record FrpNat(bool IsHard, bool IsRegular, int Spread, bool IsPublic)
{
    private const int MostRegular = 5;

    public static FrpNat Of(IReadOnlyList<Endpoint> mapped, IpAddress own)
    {
        var ports = mapped.Select(endpoint => (int)endpoint.Port).ToArray();
        var isOneAddress = mapped.DistinctBy(endpoint => endpoint.Address).Count() == 1;
        var spread = isOneAddress ? ports.Max() - ports.Min() : 0;
        return new(!isOneAddress || spread > 0, spread is > 0 and <= MostRegular, spread, mapped.Any(endpoint => endpoint.Address == own));
    }
}
