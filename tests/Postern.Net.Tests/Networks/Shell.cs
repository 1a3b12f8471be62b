namespace Postern.Net.Tests.Networks;

/// <summary>Commands of the machine itself, outside every namespace of ours.</summary>
internal static class Shell
{
    /// <summary>Seconds, for nft and the like, of which no test is about how long they take: a machine was seen to stand still for a minute, in turns of 24 s ("soft lockup"), and with it what had done its work.</summary>
    private const double Patience = 120;

    public static Outcome Try(string program, IReadOnlyList<string> arguments, string? input = null, double seconds = Patience)
    {
        using var process = new Background(program, arguments);
        if (input is not null)
        {
            process.Type(input);
        }

        process.CloseInput();
        return process.WaitForExit(seconds);
    }

    /// <summary>As <see cref="Try"/>, but a failure is an exception that shows what was asked and what was said.</summary>
    public static string Run(string program, IReadOnlyList<string> arguments, string? input = null, double seconds = Patience)
    {
        var outcome = Try(program, arguments, input, seconds);
        return outcome.Succeeded
            ? outcome.Output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: code {outcome.ExitCode}\n{outcome.Errors}{outcome.Output}\n{input}");
    }
}
