using System.Globalization;
using System.Text.Json.Nodes;
using Postern.Cli.Terminal;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Grid;
using Postern.Lab.Namespaces.Topologies;
using Postern.Lab.Schedules;

namespace Postern.Cli.Lab;

/// <summary><c>postern lab compare</c>: what other products' published schedules reach between two boxes, and at what price.</summary>
internal static class LabCompare
{
    /// <summary>Pairs that cannot be reached without foretelling a port, from the easiest to the hopeless.</summary>
    public static readonly IReadOnlyList<string> HardPairs =
    [
        "offset-30000+linux", "sequential-5+linux", "sequential-20+linux", "sequential-35+linux", "sequential-100+linux",
        "sequential-5+sequential-5", "sequential-20+sequential-20",
        "block-512+linux", "block-1024+linux", "block-2048+linux", "random+linux", "random+full-cone", "block-512+block-512", "random+random",
    ];

    /// <param name="pairs">Each two ids of boxes with a plus between them; the first one's side wants to reach the other. None for the hard ones.</param>
    /// <param name="products">Which schedules.</param>
    /// <param name="seeds">Worlds for each pair and product.</param>
    /// <param name="loss">Percent of the packets that are lost on each home's line.</param>
    /// <param name="output">What is said: a table in Markdown, row by row.</param>
    /// <param name="stop">Ctrl-C.</param>
    public static int Run(IReadOnlyList<string> pairs, IReadOnlyList<string> products, int seeds, double loss, Output output, CancellationToken stop)
    {
        var plans = (pairs.Count == 0 ? HardPairs : pairs).SelectMany(pair => products.Select(product => Plan(pair, product, seeds, loss / 100))).ToArray();
        output.Line("| pair | product | method | direct | median | 95 % within | ports probed | sockets | packets | alarms |");
        output.Line("|---|---|---|---|---|---|---|---|---|---|");
        try
        {
            foreach (var plan in plans)
            {
                Say(plan, GridComparison.Of(plan.Product, ScheduleRun.Run(plan, stop)), output);
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }

        return ExitCode.Success;
    }

    private static SchedulePlan Plan(string pair, string product, int seeds, double loss)
    {
        var boxes = pair.Split('+');
        return boxes is not [var one, var other] ? throw new CliException(ExitCode.Usage, $"'{pair}' is no pair: two boxes with a plus between them.")
            : new() { Product = product, One = Box(one), Other = Box(other), Seeds = seeds, Loss = loss };
    }

    private static BoxDescription Box(string id) => BoxFile.Find(id, folder: null, out var error) ?? throw new CliException(ExitCode.Usage, error);

    private static void Say(SchedulePlan plan, GridComparison found, Output output)
    {
        string[] cells =
        [
            $"{plan.One.Id} × {plan.Other.Id}", found.Product, found.Method, Percent(found), Seconds(found.Time?.P50), Seconds(found.Time?.P95),
            Number(found.PortsProbed.P50), Number(found.Sockets.P50), Number(found.Packets.P50), Alarms(found),
        ];
        output.Line($"| {string.Join(" | ", cells)} |");
        output.Object(new JsonObject
        {
            ["one"] = plan.One.Id,
            ["other"] = plan.Other.Id,
            ["comparison"] = JsonNode.Parse(GridJson.Write(found)),
        });
    }

    /// <summary>Guards by the most worlds in which one of their kind alarmed at either home.</summary>
    private static string Alarms(GridComparison found)
    {
        var guards = found.Alarms.GroupBy(watch => watch.Guard).Select(guard => (Name: guard.Key, Worlds: guard.Max(watch => watch.Worlds))).ToArray();
        var words = guards.Select(guard => guard.Worlds == found.Worlds ? guard.Name : $"{guard.Name} {Share(guard.Worlds, found.Worlds)}");
        return guards.Length == 0 ? "none" : string.Join(", ", words);
    }

    private static string Percent(GridComparison found) => Share(found.Direct, found.Worlds);

    private static string Share(int part, int all) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / all:0.#} %");

    private static string Seconds(double? milliseconds) => milliseconds is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known / 1000:0.0} s") : "—";

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
