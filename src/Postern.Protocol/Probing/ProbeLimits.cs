namespace Postern.Protocol.Probing;

/// <summary>What one mode allows. Detectors of port scans and their thresholds: design, "Good neighbour".</summary>
public sealed record ProbeLimits
{
    public static readonly ProbeLimits Polite = new() { Mode = ProbeMode.Polite };

    public static readonly ProbeLimits Quiet = new() { Mode = ProbeMode.Quiet, PerTarget = 4, Window = TimeSpan.FromHours(1), Mappings = 32 };

    public static readonly ProbeLimits Bold = new() { Mode = ProbeMode.Bold, Burst = 20, PerTarget = 80 };

    public static readonly ProbeLimits Fast = new()
    {
        Mode = ProbeMode.Fast,
        Burst = 40,
        PerSecond = 40,
        Spacing = TimeSpan.FromMilliseconds(1),
        Silence = TimeSpan.Zero,
        PerTarget = 600,
        FlowsPerTarget = 1280,
        Mappings = 640,
    };

    public required ProbeMode Mode { get; init; }

    /// <summary>New destination ports of one chain, over all targets, of which one below 1024 counts three; xt_psd alarms at 21 with gaps of up to 3 s, which leaves room for the ports of servers where the burst is nine. With <see cref="PerSecond"/> the size of the bucket.</summary>
    public int Burst { get; init; } = 9;

    /// <summary>Least time between two of them; Juniper's screen alarms at 10 within 5 ms.</summary>
    public TimeSpan Spacing { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>What ends a chain: xt_psd forgets after 3 s without a new port.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMilliseconds(3100);

    /// <summary>Instead of chains: how many ports a second come back into the bucket; 0 for chains.</summary>
    public int PerSecond { get; init; }

    /// <summary>New ports of one address within <see cref="Window"/>; Zeek alarms at 15 in 5 minutes, CrowdSec at the 16th.</summary>
    public int PerTarget { get; init; } = 14;

    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Flows towards one address within <see cref="FlowWindow"/>, whatever their ports; Snort's medium level alarms at 200 attempts in 90 s.</summary>
    public int FlowsPerTarget { get; init; } = 199;

    /// <summary>How many of these are left to ordinary checks, of this call and the next.</summary>
    public const int FlowsOfChecks = 3;

    /// <summary>How many to a server of ours are not questions: measuring, the switchboard's connections, and the sockets of ten calls.</summary>
    public const int FlowsToServer = 32;

    /// <summary>How many a fan-out may take.</summary>
    public int FlowsOfFan => FlowsPerTarget - FlowsOfChecks;

    public TimeSpan FlowWindow { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Mappings that may stand at once in our own NAT, samples and fan-out included.</summary>
    public int Mappings { get; init; } = 256;

    /// <summary>What is not direct by then may be held up by a firewall that takes us for a scanner: a question to the server finds out, and goes on with the chain.</summary>
    public static readonly TimeSpan BanSuspicion = TimeSpan.FromSeconds(5);

    public static ProbeLimits Of(ProbeMode mode) => mode switch
    {
        ProbeMode.Quiet => Quiet,
        ProbeMode.Bold => Bold,
        ProbeMode.Fast => Fast,
        _ => Polite,
    };

    /// <summary>What holds between two ends: <see cref="ProbeModes.Between"/>.</summary>
    public static ProbeLimits Between(ProbeMode own, ProbeMode? other) => Of(ProbeModes.Between(own, other));
}
