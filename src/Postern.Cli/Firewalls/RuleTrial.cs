using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Postern.Cli.Terminal;

namespace Postern.Cli.Firewalls;

/// <summary>
/// <c>postern rules … --apply</c> and <c>--confirm</c>: loads nftables rules in one step, and brings back what stood in their tables
/// unless somebody confirms in time.
/// </summary>
internal sealed partial class RuleTrial(Output output)
{
    public static readonly TimeSpan DefaultWithin = TimeSpan.FromSeconds(60);

    /// <summary>Shorter is no time to try anything; longer is no trial.</summary>
    public static readonly TimeSpan MinWithin = TimeSpan.FromSeconds(2);

    public static readonly TimeSpan MaxWithin = TimeSpan.FromHours(1);

    /// <summary>Loads the text of a file for <c>nft -f</c>.</summary>
    /// <exception cref="CliException">Nothing was changed.</exception>
    public async Task<int> ApplyAsync(string rules, TimeSpan within, CancellationToken cancellationToken)
    {
        if (within < MinWithin || within > MaxWithin)
        {
            throw new CliException(ExitCode.Usage, $"--confirm-within takes {MinWithin.TotalSeconds:0} seconds to {MaxWithin.TotalHours:0} hour.");
        }

        await CheckAsync(rules, "nft does not take the rules", cancellationToken).ConfigureAwait(false);
        var folder = TrialFolder.Open();
        using var guardian = await TrialGuardian.LockAsync(folder, cancellationToken).ConfigureAwait(false)
            ?? throw new CliException(ExitCode.Refused, "Other rules are on trial here. 'postern rules --confirm' keeps them; else they go by themselves.");
        await SaveAsync(folder, rules, cancellationToken).ConfigureAwait(false);
        await guardian.ArmAsync(within, cancellationToken).ConfigureAwait(false);
        var (code, _, errors) = await NftProgram.RunAsync(["-f", "-"], rules, CancellationToken.None).ConfigureAwait(false);
        if (code != 0)
        {
            File.Delete(folder.Pending); // nft loads all or nothing
            throw new CliException(ExitCode.Failure, $"nft refused the rules, and nothing was changed: {FirstLine(errors)}");
        }

        output.Line($"The rules are in force, on trial for {within.TotalSeconds:0} s. See whether everything works, best from a new connection, and then:");
        output.Line("    postern rules --confirm");
        output.Line("Else what stood there before comes back by itself. Rules do not outlive a restart of the machine unless you store them.");
        output.Object(new JsonObject { ["applied"] = true, ["confirmWithin"] = within.TotalSeconds });
        return ExitCode.Success;
    }

    /// <summary>Keeps what is on trial.</summary>
    public async Task<int> ConfirmAsync(CancellationToken cancellationToken)
    {
        var folder = TrialFolder.Open();
        try
        {
            File.Move(folder.Pending, folder.Confirmed, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            throw new CliException(ExitCode.Refused, Ended(folder) switch
            {
                "restored" => "Too late: the earlier rules have come back.",
                "failed" => $"Too late, and nft did not take the earlier rules back; they are in {folder.Restore}.",
                "kept" => "Those rules are confirmed already.",
                _ => "No rules are on trial here.",
            });
        }

        for (var i = 0; i < 50 && Ended(folder) is null; i++)
        {
            await Task.Delay(100, cancellationToken).ConfigureAwait(false); // the guardian looks five times a second, and then lets go of the lock
        }

        output.Line("The rules stay.");
        output.Object(new JsonObject { ["confirmed"] = true });
        return ExitCode.Success;
    }

    /// <summary>Writes down what brings every table that the rules touch back to what it is now, and sees that nft would take it.</summary>
    private static async Task SaveAsync(TrialFolder folder, string rules, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        foreach (var table in Tables(rules))
        {
            text.Append($"add table {table}\ndelete table {table}\n");
            var (code, listing, _) = await NftProgram.RunAsync(["list", "table", .. table.Split(' ')], "", cancellationToken).ConfigureAwait(false);
            text.Append(code == 0 ? listing : ""); // it was not there
        }

        await CheckAsync(text.ToString(), "The rules that stand here could not be brought back, so they stay", cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(folder.Restore, text.ToString(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>"inet filter": the tables that a file names.</summary>
    private static List<string> Tables(string rules) =>
        [.. TableNames().Matches(rules).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}").Distinct()];

    private static async Task CheckAsync(string rules, string trouble, CancellationToken cancellationToken)
    {
        var (code, _, errors) = await NftProgram.RunAsync(["-c", "-f", "-"], rules, cancellationToken).ConfigureAwait(false);
        if (code != 0)
        {
            throw new CliException(ExitCode.Failure, $"{trouble}: {FirstLine(errors)}");
        }
    }

    private static string? Ended(TrialFolder folder) => File.Exists(folder.Outcome) ? File.ReadAllText(folder.Outcome).Trim() : null;

    private static string FirstLine(string text) => text.Split('\n')[0].Trim();

    [GeneratedRegex(@"^\s*(?:(?:add|create|insert|delete|flush)\s+)?(?:table|chain|rule)\s+(inet|ip6|ip)\s+([\w./-]+)", RegexOptions.Multiline)]
    private static partial Regex TableNames();
}
