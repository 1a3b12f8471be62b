
namespace Postern.Protocol.Switching.Client;

/// <summary>Who logs in where, and how patiently.</summary>
public sealed record SwitchboardClientOptions
{
    /// <summary>The name to claim or to log in with; large and small letters are the same.</summary>
    public required string Name { get; init; }

    /// <summary>HOST or HOST:PORT as it is dialled: the login is signed for it.</summary>
    public required string Host { get; init; }

    /// <summary>The switchboard's public key where it is known from an earlier login; another one is then refused.</summary>
    public string? ServerKey { get; init; }

    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>After so long without a frame the switchboard is taken for dead.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same after <see cref="SwitchboardClient.Probe"/>.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>For opening the stream, and again for the login.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The first pause before a reconnection; it doubles up to <see cref="LongestPause"/>. A quarter of each is drawn by lot.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A login that held for so long makes the pauses short again.</summary>
    public TimeSpan Settled { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Signals that no peer has acknowledged yet.</summary>
    public int UnacknowledgedSignals { get; init; } = 128;

    public int UnacknowledgedBytes { get; init; } = 96 * 1024;
}
