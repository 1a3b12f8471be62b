using System.Text.RegularExpressions;
using Postern.Cli.Terminal;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;

namespace Postern.Cli.Firewalls;

/// <summary>Writes the rules: to standard output or into a folder; what was left out and what to be warned of to standard error.</summary>
internal sealed partial class RulesWriting(Output output)
{
    public int Run(RulesOptions options)
    {
        var format = Check(options);
        var plan = RulesRequest.Plan(output, options);
        var warnings = options.IsUndo ? [] : options.IsRefusal ? Refusal.Warnings(plan) : Warnings.Of(plan);
        var leftOut = plan.Notes.Count(IsLoss);
        var written = Write(format, plan, new()
        {
            Versions = plan.Request.Versions,
            IsWhole = options.IsWhole,
            IsUndo = options.IsUndo,
            Into = options.Into,
            HostRuleset = options.IsHere ? NftProgram.RulesetAsync(CancellationToken.None).GetAwaiter().GetResult() : null,
            Remarks = options.IsUndo ? [] : [.. RulesRemarks.Of(plan, warnings)],
        });
        Remark(plan, written, warnings, options);
        if (options.IsStrict && leftOut + written.Losses.Count > 0)
        {
            throw new CliException(ExitCode.Inexact, $"--strict: {leftOut + written.Losses.Count} would have been left out; nothing was written.");
        }

        CheckPurpose(plan, written, options);
        output.Object(RulesJson.Of(plan, format, written, warnings));
        if (options.ApplyWithin is { } within)
        {
            return new RuleTrial(output).ApplyAsync(written.Files.Single().Text, within, CancellationToken.None).GetAwaiter().GetResult();
        }

        Deliver(written.Files, options);
        return ExitCode.Success;
    }

    private static FormatOutput Write(IRuleFormat format, Plan plan, FormatOptions options)
    {
        try
        {
            return format.Write(plan.Policy, options);
        }
        catch (FormatException e)
        {
            throw new CliException(ExitCode.Usage, $"--into: {e.Message}");
        }
    }

    private static IRuleFormat Check(RulesOptions options)
    {
        if (options is { IsWhole: true, IsUndo: true } or { IsWhole: true, Into: not null })
        {
            throw new CliException(ExitCode.Usage, "--whole goes with neither --undo nor --into.");
        }

        if (options.Into is { } into && !Chain().IsMatch(into))
        {
            throw new CliException(ExitCode.Usage, "--into takes the name of a chain: letters, digits, spaces and . , = _ : / -.");
        }

        return Format(options.Format);
    }

    /// <summary>The format of that name, or the sentence that names all.</summary>
    internal static IRuleFormat Format(string id) => RuleFormats.Find(id)
        ?? throw new CliException(ExitCode.Usage, $"There is no format '{id}'; there is: {string.Join(", ", RuleFormats.All.Select(format => format.Id))}.");

    /// <summary>What was not planned although it was wanted.</summary>
    private static bool IsLoss(PlanNote note) => note.Kind is PlanNoteKind.CannotForward or PlanNoteKind.Unrefused;

    private void Remark(Plan plan, FormatOutput written, IReadOnlyList<RuleWarning> warnings, RulesOptions options)
    {
        var isSaidThere = options is { Format: "plain", Folder: null }; // at its head, before the same eyes
        foreach (var line in options.IsUndo || isSaidThere ? [] : RulesRemarks.Of(plan, warnings))
        {
            output.Remark($"postern: {line}");
        }

        foreach (var obstacle in written.Obstacles)
        {
            output.Remark($"postern: {obstacle}");
        }

        foreach (var loss in written.Losses)
        {
            output.Remark($"postern: left out: {loss.RuleId}: {loss.Why}");
        }
    }

    private static void CheckPurpose(Plan plan, FormatOutput written, RulesOptions options)
    {
        var isKept = plan.Policy.Rules.ToLookup(rule => !written.Losses.Any(loss => loss.RuleId == rule.Id));
        var isQuiet = !plan.Policy.Rules.Any(rule => rule.Verdict.LetsPass) && !plan.Notes.Any(IsLoss); // an entry of noise alone opens nothing, and should not
        var isVain = options.IsUndo ? plan.Policy.Rules.Count == 0
            : options.IsRefusal ? isKept[true].All(rule => rule.Verdict.LetsPass)
            : isQuiet ? !isKept[true].Any()
            : written.Opened == 0;
        if (isVain)
        {
            throw new CliException(ExitCode.NothingOpened, options.IsRefusal
                ? "This would refuse nothing; what was left out stands above."
                : "This would open nothing; what was left out, and why, stands above.");
        }
    }

    private void Deliver(IReadOnlyList<FormatFile> files, RulesOptions options)
    {
        if (options.Folder is { } folder)
        {
            RulesFolder.Write(folder, files, options.IsForced);
            files.ToList().ForEach(file => output.Line(Path.Combine(folder, file.Name)));
            return;
        }

        foreach (var file in files)
        {
            if (files.Count > 1)
            {
                output.Line($"==> {file.Name} <==");
            }

            output.Text(file.Text);
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9 .,=_:/\-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Chain();
}
