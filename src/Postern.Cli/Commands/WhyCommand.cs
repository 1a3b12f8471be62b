using Postern.Cli.Profiles;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern why NAME</c>: the ConnectReport of the last connection with a peer, in plain words.</summary>
internal sealed class WhyCommand(ProfileStore store, Output output)
{
    public async Task<int> RunAsync(string name, CancellationToken cancellationToken)
    {
        name = Naming.Canonical(name);
        if (store.LoadReport(name) is not { } report)
        {
            output.Remark($"There is no report of a connection with {Printable.Of(name)} yet; making one.");
            await using var me = await ClientOpening.OpenAsync(store, output, cancellationToken).ConfigureAwait(false);
            report = await ConnectAsync(me, name, cancellationToken).ConfigureAwait(false);
            store.SaveReport(report);
        }

        Show(report);
        output.Object(report, CliJson.Default.ConnectReport);
        return ExitCode.Success;
    }

    private void Show(Sessions.Calls.ConnectReport report)
    {
        Lines("", ReportText.Summary(report));
        if (report.Attempts.Count > 0 || report.Prediction is not null)
        {
            output.Line("");
            output.Line("What was tried:");
            output.Table(AttemptTable.Of(report));
        }

        Lines("What it cost:", SpentText.Of(report));
        Lines(report.Path == Protocol.Ice.PathKind.Relayed ? "Why it is relayed:" : "What is known of the networks:", ReasonText.Of(report));
        Lines("What happened:", ReportText.Steps(report));
    }

    private void Lines(string title, IEnumerable<string> lines)
    {
        var isFirst = title.Length > 0;
        foreach (var line in lines)
        {
            if (isFirst)
            {
                isFirst = false;
                output.Line("");
                output.Line(title);
            }

            output.Line(line);
        }
    }

    private static async Task<Sessions.Calls.ConnectReport> ConnectAsync(PosternClient me, string name, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await me.ConnectAsync(name, cancellationToken).ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken).ConfigureAwait(false); // better paths are still being tried
            return session.Report;
        }
        catch (ConnectException e) when (e.Report is not null)
        {
            return e.Report;
        }
    }
}
