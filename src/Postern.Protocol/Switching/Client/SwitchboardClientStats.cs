namespace Postern.Protocol.Switching.Client;

/// <summary>Plain counters of a switchboard client.</summary>
public sealed record SwitchboardClientStats
{
    public long Attempts { get; internal set; }

    public long Logins { get; internal set; }

    public long SignalsSent { get; internal set; }

    /// <summary>Signals sent again after a reconnection.</summary>
    public long SignalsRepeated { get; internal set; }

    public long SignalsReceived { get; internal set; }

    /// <summary>Signals that had been received before: acknowledged again and dropped.</summary>
    public long SignalsDoubled { get; internal set; }
}
