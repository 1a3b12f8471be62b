namespace Postern.Cli;

/// <summary>A user's mistake or a clear failure: one sentence and an exit code.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
