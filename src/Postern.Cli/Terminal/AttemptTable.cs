using System.Globalization;
using Postern.Protocol.Nat;
using Postern.Protocol.Prediction;
using Postern.Sessions.Calls;
using Postern.Sessions.Calls.Prediction;
using Spectre.Console;

namespace Postern.Cli.Terminal;

/// <summary>What was tried: each attempt's method, odds beforehand, price and outcome with its cause.</summary>
internal static class AttemptTable
{
    public static Table Of(ConnectReport report)
    {
        var table = new Table { Border = TableBorder.None }.AddColumns("  outcome", "method", "odds", "from", "to", "ports", "packets", "valid after", "round trip", "cause");
        foreach (var attempt in report.Attempts)
        {
            Add(table, Cells(attempt));
        }

        if (report.Prediction is { } prediction)
        {
            Add(table, Cells(prediction, report.Attempts.Sum(attempt => attempt.Ports)));
        }

        return table;
    }

    private static void Add(Table table, IEnumerable<string> cells) => table.AddRow([.. cells.Select(cell => new Text(cell))]);

    private static IEnumerable<string> Cells(PathAttempt attempt) =>
    [
        $"  {attempt.Outcome}",
        attempt.Method is { } method ? InWords(method) : attempt.Kind.InWords(),
        attempt.Odds is { } odds ? Percent(odds) : "—",
        Printable.Of(attempt.Local),
        Printable.Of(attempt.Remote),
        Number(attempt.Ports),
        Number(attempt.RequestsSent),
        Milliseconds(attempt.ValidAfter),
        Milliseconds(attempt.RoundTrip),
        Printable.Of(attempt.Cause ?? ""),
    ];

    private static IEnumerable<string> Cells(PredictionReport prediction, int portsOfPairs) =>
    [
        $"  {InWords(prediction.Outcome)}",
        prediction.Method == PredictionMethod.None ? "prediction" : $"prediction: {InWords(prediction.Method)}",
        prediction.Odds > 0 ? Percent(prediction.Odds) : "—",
        "",
        "",
        Number(Math.Max(0, prediction.Ports - portsOfPairs)),
        Number(prediction.Packets),
        "—",
        "—",
        Printable.Of(prediction.Cause),
    ];

    private static string InWords(ForecastMethod method) => method switch
    {
        ForecastMethod.Call => "straight call",
        ForecastMethod.LocalNetwork => "same network",
        ForecastMethod.Punch => "punch",
        ForecastMethod.PunchThroughOpenFilter => "punch through an open filter",
        ForecastMethod.PunchByHairpin => "punch by hairpin",
        ForecastMethod.Relay => "relay",
        ForecastMethod.RelayOverTcp => "relay over HTTPS",
        ForecastMethod.Predict => "punch at a predicted port",
        ForecastMethod.PortMapping => "mapped port",
        ForecastMethod.PunchOverTcp => "punch over TCP",
        _ => method.ToString(),
    };

    private static string InWords(PredictionMethod method) => method switch
    {
        PredictionMethod.Learn => "learn the counter",
        PredictionMethod.Ladder => "meet the counter",
        PredictionMethod.FanOut => "many holes",
        PredictionMethod.FanToLearned => "many holes to a learnt port",
        PredictionMethod.Lottery => "guess on both sides",
        PredictionMethod.Pool => "ask each address",
        _ => method.ToString(),
    };

    private static string InWords(PredictionOutcome outcome) => outcome switch
    {
        PredictionOutcome.NotTried => "not tried",
        PredictionOutcome.UnderWay => "under way",
        PredictionOutcome.Worked => "worked",
        PredictionOutcome.NotNeeded => "not needed",
        PredictionOutcome.Failed => "failed",
        PredictionOutcome.ShutOut => "shut out",
        _ => outcome.ToString(),
    };

    private static string Percent(double odds) =>
        odds > 0 && odds < 0.001 ? "< 0.1 %" : (100 * odds).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(double? value) => value is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0.0} ms") : "—";
}
