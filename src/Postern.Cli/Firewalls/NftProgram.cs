using System.ComponentModel;
using System.Diagnostics;
using Postern.Firewalls.Hosts;

namespace Postern.Cli.Firewalls;

/// <summary>The host's own <c>nft</c>.</summary>
internal static class NftProgram
{
    /// <summary>What the host's nftables holds; null where there is no nft or we may not ask it.</summary>
    public static async Task<NftRuleset?> RulesetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (code, listing, _) = await RunAsync(["-j", "list", "ruleset"], "", cancellationToken).ConfigureAwait(false);
            return code == 0 ? NftRuleset.Parse(listing) : null;
        }
        catch (CliException)
        {
            return null;
        }
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        IReadOnlyList<string> arguments, string input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("nft", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Start(start);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading to the end; its exit code says why.
        }

        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return (process.ExitCode, await output.ConfigureAwait(false), await errors.ConfigureAwait(false));
    }

    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new CliException(ExitCode.Failure, $"'{start.FileName}' is not installed here, and without it no rules can be applied.");
        }
    }
}
