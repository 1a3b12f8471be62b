using Postern.Discovery;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Drivers.Nat;

/// <summary>Finds out about this network's NAT: from what was measured in it earlier, or by measuring.</summary>
internal sealed class NatSurvey(PosternClientOptions options, IReadOnlyList<Endpoint> servers)
{
    /// <summary>A router may be configured anew: a client that stays measures again what is older than this.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(30);

    /// <summary>After this a client that stays is no passing command.</summary>
    private static readonly TimeSpan Passing = TimeSpan.FromSeconds(20);

    /// <summary>Hears of each measuring, before it opens flows to the servers.</summary>
    public Action? Measuring { get; init; }

    private readonly NatReportCache? _cache = options.StateFolder is { } folder ? new(folder) : null;
    private bool _isStale;

    /// <summary>One report a family: after one round trip where this network is known, else as soon as it is measured.</summary>
    public Task<IReadOnlyList<NatReport>> Reports { get; private set; } = Task.FromResult<IReadOnlyList<NatReport>>([]);

    /// <summary>The report that calls use, as soon as there is one: prediction is a matter of IPv4.</summary>
    public NatReport? Foremost => Reports.IsCompletedSuccessfully ? ForemostOf(Reports.Result) : null;

    public void Start(CancellationToken cancellationToken)
    {
        if (options.NatReports is { } known)
        {
            Reports = Task.FromResult(known);
            return;
        }

        Reports = FindAsync(cancellationToken);
        _ = RefreshAsync(cancellationToken);
    }

    public async Task<NatReport?> ForemostAsync() => ForemostOf(await Reports.ConfigureAwait(false));

    private static NatReport? ForemostOf(IReadOnlyList<NatReport> reports) =>
        reports.FirstOrDefault(report => report is { UdpBlocked: false, Family: IpFamily.V4 })
        ?? reports.FirstOrDefault(report => !report.UdpBlocked)
        ?? (reports.Count > 0 ? reports[0] : null);

    private async Task<IReadOnlyList<NatReport>> FindAsync(CancellationToken cancellationToken) =>
        await RecallAsync(cancellationToken).ConfigureAwait(false) ?? await MeasureAsync(cancellationToken).ConfigureAwait(false);

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Passing, options.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Reports.ConfigureAwait(false);
        if (_isStale && !cancellationToken.IsCancellationRequested)
        {
            Reports = Task.FromResult(await MeasureAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    private async Task<IReadOnlyList<NatReport>> MeasureAsync(CancellationToken cancellationToken)
    {
        Measuring?.Invoke();
        var reports = await NatProbeDriver.TryMeasureAsync(servers, options.Time, cancellationToken, options.NatSamples).ConfigureAwait(false);
        _cache?.Keep(reports, options.Time.GetUtcNow());
        return reports;
    }

    /// <summary>One Binding answer names the network; null unless it is known in every family in which there is a way to the server.</summary>
    private async Task<IReadOnlyList<NatReport>?> RecallAsync(CancellationToken cancellationToken)
    {
        if (_cache is null || options.NatAge <= TimeSpan.Zero)
        {
            return null;
        }

        var asked = servers.DistinctBy(server => server.IsV4)
            .Select(server => (Server: server, Local: LocalAddresses.RouteTo(server.Address))).Where(way => way.Local is not null).ToArray();
        var found = await Task.WhenAll(asked.Select(way => RecallAsync(way.Server, way.Local!.Value, cancellationToken))).ConfigureAwait(false);
        return found.Length > 0 && Array.TrueForAll(found, report => report is not null) ? [.. found.OfType<NatReport>()] : null;
    }

    private async Task<NatReport?> RecallAsync(Endpoint server, IpAddress local, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await StunFlow.TryAsync(server, options.Time, cancellationToken).ConfigureAwait(false);
            var identity = NatReport.IdentityOf("", server.IsV4 ? IpFamily.V4 : IpFamily.V6, local, answer.Mapped.Address);
            if (answer.Mapped == Endpoint.None || _cache!.Find(identity, options.NatAge, options.Time.GetUtcNow()) is not { } known)
            {
                return null;
            }

            _isStale |= options.Time.GetUtcNow() - known.MeasuredAt > Freshness;
            return known.Report;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
