using System.Globalization;
using System.Text.Json;
using Postern.Cli.Commands;
using Postern.Cli.Lab;
using Postern.Cli.Profiles;
using Postern.Cli.Terminal;
using Postern.Drivers;
using Postern.Protocol.Nat;

namespace Postern.Cli.Check;

/// <summary>Section 3: the NAT, as one report a family, and who can be reached from here.</summary>
internal sealed class NatSection(CheckTarget? target, CheckOptions options, ProfileStore store, Output output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public IReadOnlyList<NatReport> Reports { get; private set; } = [];

    /// <summary>UDP does not get out, and the relay was reached over HTTPS.</summary>
    public bool IsOverHttps { get; private set; }

    /// <summary>Why the switchboard could not be asked; null where it was, or was not needed.</summary>
    public ConnectException? Failure { get; private set; }

    public async Task<IReadOnlyList<Finding>> FindAsync(CancellationToken cancellationToken)
    {
        if (target is null)
        {
            return [new("nat.unknown", CheckVerdict.Warn, "Without a server nobody can say how the world sees this computer.") { Next = "postern check --stun HOST:PORT" }];
        }

        Reports = await MeasureAsync(target, cancellationToken).ConfigureAwait(false);
        var isBlocked = Reports.Count > 0 && Reports.All(report => report.UdpBlocked);
        var relay = isBlocked && target is { Server: { } server, IsHere: false } ? await RelayWay.TryAsync(server, cancellationToken).ConfigureAwait(false) : null;
        IsOverHttps = relay is { Verdict: CheckVerdict.Ok };
        IEnumerable<Finding> more = relay is null ? [] : [relay];
        return Reports.Count > 0 ? [.. Reports.Select(Of), .. more]
            : [new("nat.unknown", CheckVerdict.Warn, Failure is null ? "The server names no STUN server to measure with." : $"The NAT was not measured: {Failure.Message}")];
    }

    private async Task<IReadOnlyList<NatReport>> MeasureAsync(CheckTarget at, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        if (options.Server is not null || options.Stun is not null)
        {
            return await NatProbeDriver.TryMeasureAsync(at.Stun, TimeProvider.System, limit.Token, options.Samples).ConfigureAwait(false);
        }

        try
        {
            await using var me = await ClientOpening.OpenAsync(store, output, limit.Token, measure: true, options.Samples).ConfigureAwait(false);
            return await me.NatReports.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (ConnectException e) when (e.Failure == ConnectFailure.ServerUnreachable)
        {
            Failure = e;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Failure = new(ConnectFailure.ServerUnreachable, $"The switchboard at {at.Name} does not answer; is 'postern up' running there?");
        }

        return [];
    }

    private Finding Of(NatReport report)
    {
        var isHere = report.Local.Address.IsLoopback;
        List<string> lines = [.. NatReportText.Of(report)];
        if (BoxLikeness.Of(report) is { } likeness)
        {
            lines.Add(likeness);
        }

        if (isHere)
        {
            lines.Add("The server is on this very computer, so nothing can be learnt here about your router: check against a server elsewhere.");
        }
        else
        {
            lines.AddRange(Outlook(report));
        }

        var hasSocket = !report.Unknowns.Any(unknown => unknown.Doubt == NatDoubt.NoSocket);
        var verdict = (isHere && !report.UdpBlocked) || !hasSocket ? CheckVerdict.Ok
            : Reach.Of(report, IsOverHttps) switch { Openness.Open => CheckVerdict.Ok, Openness.Blocked => CheckVerdict.Fail, _ => CheckVerdict.Warn };
        return new(report.Family == IpFamily.V4 ? "nat.ipv4" : "nat.ipv6", verdict, report.Family == IpFamily.V4 ? "IPv4" : "IPv6")
        {
            Details = lines,
            Data = JsonSerializer.SerializeToNode(report, CliJson.Default.NatReport),
        };
    }

    private IEnumerable<string> Outlook(NatReport report)
    {
        yield return "Who can be reached from here, and how:";
        foreach (var outlook in Forecast.AgainstTypicalPeers(report, ForecastMethods.Between(IsOverHttps)))
        {
            var best = outlook.Best is { } path
                ? string.Create(CultureInfo.InvariantCulture, $"{InWords(path.Kind)}{(path.Odds < 0.99 ? $", odds {path.Odds:0 %}" : "")}: {path.Reason.Sentence}")
                : "not at all, as far as is known";
            yield return $"  {outlook.Peer.Name}: {best}";
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
