using Postern.Protocol.Ice;
using Postern.Protocol.Nat;

namespace Postern.Sessions.Calls;

/// <summary>What was tried to reach a peer, in which order, with packets, times and outcomes, and why the chosen path won.</summary>
public sealed record ConnectReport
{
    public required string Session { get; init; }

    public required string Local { get; init; }

    public required string Remote { get; init; }

    public required CallRole Role { get; init; }

    public required CallState State { get; init; }

    public CallFailure Failure { get; init; }

    /// <summary>The path in use, or the last one.</summary>
    public PathKind? Path { get; init; }

    /// <summary>Why that path, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Milliseconds from the start to the first encrypted byte that could flow; null where it never could.</summary>
    public double? ConnectedAfter { get; init; }

    public required IReadOnlyList<PathAttempt> Attempts { get; init; }

    public required IReadOnlyList<ReportStep> Steps { get; init; }

    /// <summary>What was done about ports that move; null before both sides were known.</summary>
    public PredictionReport? Prediction { get; init; }

    public required IReadOnlyList<ReportReason> Reasons { get; init; }

    public NatReport? LocalNat { get; init; }

    public NatReport? RemoteNat { get; init; }

    /// <summary>When the call began, in UTC; set by whoever has a clock.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}
