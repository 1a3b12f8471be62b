namespace Postern.Cli.Punch;

/// <summary>Ends a command with its exit code and the one sentence that says why.</summary>
internal sealed class PunchFailure(int exitCode, string sentence) : Exception(sentence)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>Runs a command; what goes wrong becomes a sentence on <paramref name="err"/> and an exit code.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> command, TextWriter err)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (PunchFailure failure)
        {
            await err.WriteLineAsync(failure.Message).ConfigureAwait(false);
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return PunchExit.Interrupted;
        }
    }
}
