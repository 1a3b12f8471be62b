namespace Postern.Net.Tests.Networks;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">-1 when it was killed for taking too long.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
public sealed record Outcome(int ExitCode, string Output, string Errors)
{
    public bool Succeeded => ExitCode == 0;
}
