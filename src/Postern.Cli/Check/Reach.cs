using Postern.Protocol.Nat;

namespace Postern.Cli.Check;

/// <summary>How far calls come with a NAT.</summary>
internal static class Reach
{
    private const double Even = 0.5;

    /// <summary>The most usual peer that has a router: who reaches him, reaches nearly everybody.</summary>
    private const string Usual = "home-router";

    /// <param name="report">Of one family.</param>
    /// <param name="overHttps">The relay was reached over HTTPS.</param>
    public static Openness Of(NatReport report, bool overHttps)
    {
        var outlooks = Forecast.AgainstTypicalPeers(report, ForecastMethods.Between(overHttps));
        if (outlooks.All(outlook => outlook.Best is null))
        {
            return Openness.Blocked;
        }

        var direct = outlooks.Where(outlook => Forecast.OddsOfDirect(outlook.Paths) >= Even).Select(outlook => outlook.Peer.Id).ToList();
        return direct.Contains(Usual) ? Openness.Open : direct.Count > 0 ? Openness.Limited : Openness.RelayOnly;
    }

    /// <summary>Of several families the best counts: a call takes it.</summary>
    public static Openness? Best(IReadOnlyList<NatReport> reports, bool overHttps) =>
        reports.Count == 0 ? null : reports.Min(report => report.Local.Address.IsLoopback && !report.UdpBlocked ? Openness.Open : Of(report, overHttps));

    public static int ExitCode(this Openness openness) => openness switch
    {
        Openness.Open => Cli.ExitCode.Success,
        Openness.Limited => Cli.ExitCode.Limited,
        Openness.RelayOnly => Cli.ExitCode.RelayOnly,
        _ => Cli.ExitCode.Blocked,
    };
}
