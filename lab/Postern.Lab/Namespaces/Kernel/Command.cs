using System.ComponentModel;
using System.Diagnostics;

namespace Postern.Lab.Namespaces.Kernel;

/// <summary>Other programs, run to their end.</summary>
internal static class Command
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Standard output; a program that fails is a <see cref="LabException"/> with what it said.</summary>
    public static string Run(string program, IReadOnlyList<string> arguments, string? input = null) =>
        Try(program, arguments, input, out var output, out var errors)
            ? output
            : throw new LabException($"'{program} {string.Join(' ', arguments)}' failed: {errors.Trim()}{(input is null ? "" : $" (it was told: {input})")}");

    public static bool Try(string program, IReadOnlyList<string> arguments, string? input, out string output, out string errors)
    {
        using var process = Start(program, arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var reading = process.StandardOutput.ReadToEndAsync();
        errors = process.StandardError.ReadToEnd();
        output = reading.GetAwaiter().GetResult();
        if (process.WaitForExit(Patience))
        {
            return process.ExitCode == 0;
        }

        process.Kill(entireProcessTree: true);
        errors += $" [killed after {Patience.TotalSeconds:0} s]";
        return false;
    }

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new LabException($"'{program}' is needed, and cannot be run: {e.Message}.", e);
        }
    }
}
