using System.Text.Json.Serialization;
using Postern.Lab.Boxes;

namespace Postern.Lab.Grid.Ladders;

/// <summary>One packet from where it began to where it ended, and how many like it followed.</summary>
public sealed record LadderRung
{
    /// <summary>Milliseconds from the beginning of the call.</summary>
    public required double At { get; init; }

    /// <summary>Milliseconds until its end.</summary>
    public required double Took { get; init; }

    /// <summary>The index of the place where it began.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required int From { get; init; }

    /// <summary>The index of the place where it ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required int To { get; init; }

    public required LadderKind Kind { get; init; }

    /// <summary>Of endpoints: whence, as its sender wrote it.</summary>
    public required int Source { get; init; }

    /// <summary>Of endpoints: whence, as it was seen at its end; absent where no box changed it.</summary>
    public int? SeenAs { get; init; }

    /// <summary>Of endpoints: whither, as its sender wrote it.</summary>
    public required int Destination { get; init; }

    /// <summary>Why it went no further; absent where it arrived.</summary>
    public DropReason? Dropped { get; init; }

    /// <summary>Packets of the same kind, ends and fate that followed it; absent for none.</summary>
    public int? Repeats { get; init; }
}
