namespace Postern.Cli.Punch;

/// <summary>The exit codes of the three commands, after docs/exit-codes.md.</summary>
internal static class PunchExit
{
    public const int Worked = 0;

    /// <summary>The system refused: the port is taken, needs root, or the packet cannot leave.</summary>
    public const int Failed = 1;

    /// <summary>A port, text or TTL that cannot be.</summary>
    public const int Usage = 2;

    /// <summary>The name has no address, or nothing arrived in time.</summary>
    public const int NotThere = 3;

    public const int Interrupted = 130;
}
