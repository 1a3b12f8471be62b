namespace Postern.Protocol.Ice;

/// <summary>Plain counters of one <see cref="Gathering"/>.</summary>
public sealed record GatheringStats
{
    /// <summary>Binding requests, repeats and refreshes included.</summary>
    public long RequestsSent { get; internal set; }

    public long ResponsesReceived { get; internal set; }

    public long ErrorsReceived { get; internal set; }
}
