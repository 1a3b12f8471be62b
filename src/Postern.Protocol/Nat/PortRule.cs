namespace Postern.Protocol.Nat;

/// <summary>How the outer ports of new mappings move, and the samples, in the order of asking, from which that was concluded.</summary>
public sealed record PortRule
{
    public static readonly PortRule Unknown = new();

    public PortRuleKind Kind { get; init; }

    /// <summary><see cref="PortRuleKind.Offset"/>: outer minus inner port. <see cref="PortRuleKind.Step"/>: next minus last port. Else 0.</summary>
    public int Delta { get; init; }

    /// <summary>First port of the block, or of the range from which random ports are drawn as far as samples tell; of a counter's where somebody knows it.</summary>
    public int BlockStart { get; init; }

    /// <summary>Size of the block, or of that range; 0 where no bounds are known.</summary>
    public int BlockSize { get; init; }

    /// <summary><see cref="PortRuleKind.Step"/>: mappings that other hosts made while ports were watched, see <see cref="WatchedMilliseconds"/>.</summary>
    public int ForeignMappings { get; init; }

    /// <summary>How long ports were watched for foreign mappings, in milliseconds; 0 where they were not.</summary>
    public double WatchedMilliseconds { get; init; }

    public IReadOnlyList<PortSample> Samples { get; init; } = [];

    /// <summary>As samples show it: not where a counter turns round.</summary>
    public PortRule AsMeasured() => Kind == PortRuleKind.Step && BlockSize > 0 ? this with { BlockStart = 0, BlockSize = 0 } : this;

    /// <summary>The same with a port that was given out just now: where it lies outside, there is another block, or the range is wider.</summary>
    public PortRule Seeing(int port) => Kind switch
    {
        _ when BlockSize == 0 || (port >= BlockStart && port < BlockStart + BlockSize) => this,
        PortRuleKind.Block when BlockStart % BlockSize == 0 && port >= BlockSize && ((port / BlockSize) + 1) * BlockSize <= ushort.MaxValue + 1 => this with { BlockStart = port / BlockSize * BlockSize },
        PortRuleKind.Block => Wide(port - BlockSize, port + BlockSize), // it may begin anywhere
        PortRuleKind.Random => Wide(Math.Min(port, BlockStart), Math.Max(port, BlockStart + BlockSize - 1)),
        _ => this,
    };

    private PortRule Wide(int first, int last) =>
        this with { BlockStart = Math.Max(1, first), BlockSize = Math.Min(ushort.MaxValue, last) - Math.Max(1, first) + 1 };
}
