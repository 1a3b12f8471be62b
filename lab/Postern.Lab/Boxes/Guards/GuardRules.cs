namespace Postern.Lab.Boxes.Guards;

/// <summary>A detector of port scans, as its product documents it. Only packets that open a flow are counted.</summary>
public sealed record GuardRules
{
    private const int FirstHighPort = 1024;

    public required string Name { get; init; }

    public required GuardModel Model { get; init; }

    /// <summary>The number (or weight) of ports at which it alarms; of <see cref="GuardModel.Bucket"/> the number that still fits.</summary>
    public required int Threshold { get; init; }

    /// <summary>Seconds; see <see cref="GuardModel"/>.</summary>
    public required double Window { get; init; }

    /// <summary>What a port below 1024 counts; others count 1.</summary>
    public int LowPortWeight { get; init; } = 1;

    /// <summary>Ports that count more, as the product says.</summary>
    public IReadOnlyDictionary<int, int> PortWeights { get; init; } = new Dictionary<int, int>();

    /// <summary>What a port counts; of <see cref="GuardModel.Gap"/> alone, others count 1.</summary>
    public int WeightOf(int port) => PortWeights.TryGetValue(port, out var own) ? own : port < FirstHighPort ? LowPortWeight : 1;

    /// <summary>Counts only what the firewall has refused.</summary>
    public bool OnlyRefused { get; init; }

    /// <summary>Counts each target for itself; else by the sender alone.</summary>
    public bool PerTarget { get; init; }

    /// <summary><see cref="GuardModel.Refusals"/>: how many refusals there must be as well.</summary>
    public int Refusals { get; init; }

    /// <summary><see cref="GuardModel.Refusals"/>: how many attempts alarm by themselves; 0 for never.</summary>
    public int Attempts { get; init; }

    public GuardSide Side { get; init; } = GuardSide.Both;

    public GuardAction Action { get; init; }

    /// <summary>How long a ban lasts, in seconds.</summary>
    public double Ban { get; init; }
}
