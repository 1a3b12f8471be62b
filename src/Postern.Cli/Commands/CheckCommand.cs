using System.Globalization;
using Postern.Cli.Lab;
using Postern.Cli.Profiles;
using Postern.Cli.Terminal;
using Postern.Protocol.Nat;

namespace Postern.Cli.Commands;

/// <summary><c>postern check</c>: the NatReport in plain words, and which kinds of peers can be reached how.</summary>
internal sealed class CheckCommand(ProfileStore store, Output output)
{
    public async Task<int> RunAsync(int samples, CancellationToken cancellationToken)
    {
        await using var me = await ClientOpening.OpenAsync(store, output, cancellationToken, measure: true, samples).ConfigureAwait(false);
        var reports = await me.NatReports.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (reports.Count == 0)
        {
            throw new CliException(ExitCode.Failure, "The switchboard names no STUN server to measure with.");
        }

        foreach (var report in reports)
        {
            output.Line(report.Family == IpFamily.V4 ? "IPv4" : "IPv6");
            foreach (var line in NatReportText.Of(report))
            {
                output.Line($"  {line}");
            }

            if (BoxLikeness.Of(report) is { } likeness)
            {
                output.Line($"  {likeness}");
            }

            if (report.Local.Address.IsLoopback)
            {
                output.Line("  The server is on this very computer, so nothing can be learnt here about your router: check against a server elsewhere.");
            }
            else
            {
                ShowOutlook(report);
            }

            output.Object(report, CliJson.Default.NatReport);
        }

        return ExitCode.Success;
    }

    private void ShowOutlook(NatReport report)
    {
        output.Line("  Who can be reached from here, and how:");
        foreach (var outlook in Forecast.AgainstTypicalPeers(report))
        {
            var best = outlook.Best is { } path
                ? string.Create(CultureInfo.InvariantCulture, $"{InWords(path.Kind)}{(path.Odds < 0.99 ? $", odds {path.Odds:0 %}" : "")}: {path.Reason.Sentence}")
                : "not at all, as far as is known";
            output.Line($"    {outlook.Peer.Name}: {best}");
        }
    }

    private static string InWords(ForecastKind kind) => kind switch
    {
        ForecastKind.Host => "directly",
        ForecastKind.Mapped => "directly, through a mapped port",
        ForecastKind.Punched => "directly, through a punched hole",
        _ => "over the relay",
    };
}
