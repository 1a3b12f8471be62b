using Postern.Cli.Catalogue;
using Postern.Cli.Terminal;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Learning;
using Postern.Firewalls.Learning.Inference;
using Postern.Firewalls.Rules;

namespace Postern.Cli.Firewalls;

/// <summary>Reads, learns, shows, lets the user choose, and writes.</summary>
internal sealed class LearnRun(Output output, TextWriter error)
{
    private readonly LogNames _names = new();
    private readonly LineCounts _counts = new();
    private FlowTable _table = new();

    public async Task<int> RunAsync(LearnRequest request, CancellationToken stop)
    {
        var format = request.Format is { } id ? RulesWriting.Format(id) : null;
        if (request.Logs.Count == 0 && !request.Journal)
        {
            throw new CliException(ExitCode.Usage, "Name a LOG, '-' for standard input, or --journal.");
        }

        _table = new(maximumDestinations: request.Hosts.Count > 0 ? int.MaxValue : Math.Max(16, 2 * request.MaximumNamedHosts));
        await new LogInput(_names, _counts, _table.Add).ReadAsync(request, error, stop).ConfigureAwait(false);
        var report = Learner.Learn(_table, _names, _counts, Options(request));
        if (IsReviewed(request))
        {
            report = Learner.Reviewed(report, LearnReview.Ask(report));
        }

        // With a format alone on standard output it can be piped into the firewall's own tool: the report then goes beside it.
        Show(report, toError: format is not null);
        WriteRules(report.Policy, format, request);
        Save(request.Save, report);
        return Code(report);
    }

    private LearnOptions Options(LearnRequest request) => new()
    {
        Catalogue = UserCatalogue.Load(output),
        Hosts = request.Hosts,
        Prefix = request.Prefix,
        IsRouter = request.IsRouter,
        Stage = request.Stage,
        MaximumNamedHosts = request.MaximumNamedHosts,
        Networks = request.Networks,
    };

    private bool IsReviewed(LearnRequest request) =>
        !request.KeepsAll && !output.Json && !Console.IsInputRedirected && !Console.IsOutputRedirected && !request.Logs.Contains("-");

    private void Show(LearnReport report, bool toError)
    {
        output.Object(LearnJson.Of(report, _counts, _table));
        foreach (var line in LearnText.Of(report, _counts, _table))
        {
            if (toError)
            {
                output.Remark(line);
            }
            else
            {
                output.Line(line);
            }
        }
    }

    private void WriteRules(Policy policy, IRuleFormat? format, LearnRequest request)
    {
        if (format is null)
        {
            return;
        }

        var versions = Enum.GetValues<IpVersion>().Where(version => policy.Rules.Any(rule => !rule.Match.Source.Of(version).IsEmpty && !rule.Match.Destination.Of(version).IsEmpty)).ToArray();
        var written = format.Write(policy, new() { Versions = versions.Length == 0 ? [IpVersion.V4] : versions, IsWhole = request.IsWhole, Into = request.Into });
        foreach (var file in written.Files)
        {
            foreach (var line in file.Text.TrimEnd('\n').Split('\n'))
            {
                output.Line(line);
            }

            output.Object(new() { ["file"] = file.Name, ["text"] = file.Text });
        }
    }

    private void Save(string? id, LearnReport report)
    {
        if (id is null || report.Rules.Count == 0)
        {
            return;
        }

        var entry = LearnedEntry.Of(id, report.Rules, report.Observation);
        if (EntryCheck.Of(entry).FirstOrDefault(issue => !issue.IsWarning) is { } issue)
        {
            throw new CliException(ExitCode.Usage, $"This makes no entry: {issue}");
        }

        var path = $"{id}.json";
        File.WriteAllText(path, ApplicationWriter.Write(entry));
        output.Remark($"Written: {path}. 'postern catalogue check {path}' looks it over; in {UserCatalogue.Folder} it is found by name.");
    }

    private static int Code(LearnReport report)
    {
        var isPart = report.Coverage.Refused > 0 || report.Warnings.Any(warning => warning.Id is "lost-lines" or "table-full" or "too-many-rules");
        return report.Rules.Count == 0 ? ExitCode.Failure : isPart ? ExitCode.Incomplete : ExitCode.Success;
    }
}
