using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Sessions.Calls;

/// <summary>The candidate pairs of a call as attempts: by which method, with which odds beforehand, at what price, with what outcome.</summary>
internal static class CallAttempts
{
    public static IReadOnlyList<PathAttempt> Of(Call call, Paths paths, CallLog log)
    {
        IReadOnlyList<ForecastPath> forecast = call is { LocalNat: { } here, RemoteNat: { } there } ? Forecast.Between(here, there, probe: paths.Allowance.Limits.Mode, methods: ForecastMethods.Between(paths.Relays.OffersStream)) : [];
        var isV4 = call.LocalNat?.Family == IpFamily.V4;
        var opened = new HashSet<Endpoint>();
        var pairs = paths.Agent.Pairs;
        var outcomes = new AttemptOutcomes(pairs, paths.Selected);
        return [.. pairs.Select(pair =>
        {
            var method = paths.IsStreamed(pair.Path.Local) ? ForecastMethod.RelayOverTcp : MethodOf(pair.Path, call, forecast);
            var pays = pair.RequestsSent > 0 && !paths.IsRelayed(pair.Path.Local) && paths.Allowance.IsPaid(pair.Path.Remote) && opened.Add(pair.Path.Remote);
            return Attempt(pair, outcomes, log) with
            {
                Method = method,
                Odds = pair.Path.Remote.IsV4 == isV4 ? Odds(method, forecast) : null,
                Ports = pays ? 1 : 0,
            };
        })];
    }

    // ICE calls our end of a pair a host until a check has shown its outer port; behind a NAT it is a hole all the same.
    private static ForecastMethod? MethodOf(IcePath path, Call call, IReadOnlyList<ForecastPath> forecast) => path.Kind switch
    {
        PathKind.Host when path.RemoteType == CandidateType.Host => call.RemoteNat is null ? null : call.RemoteNat.IsTranslated ? ForecastMethod.LocalNetwork : ForecastMethod.Call,
        PathKind.Host when call.LocalNat is null => null,
        PathKind.Host when !call.LocalNat.IsTranslated => ForecastMethod.Call,
        PathKind.Host or PathKind.Punched => forecast.FirstOrDefault(one => one.Kind == ForecastKind.Punched)?.Method ?? ForecastMethod.Punch,
        PathKind.Predicted => ForecastMethod.Predict,
        PathKind.Relayed => ForecastMethod.Relay,
        _ => null,
    };

    // Where straight ways were weighed and none in a shared network, the outer addresses differ.
    private static double? Odds(ForecastMethod? method, IReadOnlyList<ForecastPath> forecast) =>
        forecast.FirstOrDefault(path => path.Method == method)?.Odds
        ?? (method == ForecastMethod.LocalNetwork && forecast.Any(path => path.Kind == ForecastKind.Host) ? 0 : null);

    private static PathAttempt Attempt(PairReport pair, AttemptOutcomes outcomes, CallLog log) => new()
    {
        Kind = pair.Path.Kind,
        Local = $"{pair.Path.LocalType.InWords()} {pair.Path.Local}",
        Remote = $"{pair.Path.RemoteType.InWords()} {pair.Path.Remote}",
        RequestsSent = pair.RequestsSent,
        ResponsesReceived = pair.ResponsesReceived,
        ValidAfter = pair.FirstValid == Instant.Never ? null : log.Milliseconds(pair.FirstValid),
        RoundTrip = pair.Path.RoundTrip > TimeSpan.Zero ? Math.Round(pair.Path.RoundTrip.TotalMilliseconds, 2) : null,
        Outcome = outcomes.Of(pair),
        Cause = outcomes.Cause(pair),
    };
}
