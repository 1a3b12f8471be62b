using System.Text.Json.Nodes;
using Postern.Cli.Terminal;
using Postern.Cli.Profiles;
using Postern.Protocol.Probing;

namespace Postern.Cli.Commands;

/// <summary><c>postern chat NAME ["text"]</c>: one line a message, both ways.</summary>
internal sealed class ChatCommand(ProfileStore store, Output output, TextReader input, bool isTerminal)
{
    /// <summary>How long a one-shot message waits for the other side's last words.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(3);

    private Task<string?>? _reading;

    public async Task<int> RunAsync(string? name, string? text, bool wait, ProbeMode? probe, CancellationToken cancellationToken)
    {
        name = name is null ? null : Naming.Canonical(name);
        await using var me = await ClientOpening.OpenAsync(store, output, cancellationToken, probe: probe).ConfigureAwait(false);
        _ = ShowRegistrationsAsync(me, cancellationToken);
        if (name is null)
        {
            return await AnswerAsync(me, cancellationToken).ConfigureAwait(false);
        }

        await using var session = await ClientOpening
            .ReportingAsync(store, new Meeting<PosternSession>(new ClientLine(me), output, TimeProvider.System).WithAsync(name, wait || text is null, cancellationToken))
            .ConfigureAwait(false);
        return await TalkAsync(me, session, text, cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> AnswerAsync(PosternClient me, CancellationToken cancellationToken)
    {
        output.Line($"You are {me.Name}. Waiting for somebody to call; Ctrl-C ends.");
        await foreach (var call in me.IncomingAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await using var session = await call.AcceptAsync(cancellationToken).ConfigureAwait(false);
                await TalkAsync(me, session, null, cancellationToken).ConfigureAwait(false);
            }
            catch (ConnectException e)
            {
                output.Remark($"{Printable.Of(call.From)} called, but: {e.Message}");
            }
        }

        return ExitCode.Success;
    }

    private async Task<int> TalkAsync(PosternClient me, PosternSession session, string? text, CancellationToken cancellationToken)
    {
        output.Line($"Connected with {Printable.Of(session.Peer)} ({session.Path.InWords()}).");
        Note("connected", session);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var paths = ShowPathsAsync(session, over.Token);
        var callers = RefuseOthersAsync(me, session.Peer, over.Token);
        using var talk = new ChatTalk(session, output, isConversation: text is null);
        try
        {
            if (text is not null)
            {
                await talk.SendAsync(text, cancellationToken).ConfigureAwait(false);
                await talk.EndAsync(cancellationToken).ConfigureAwait(false);
                await talk.PeerEnded.WaitAsync(LastWords, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else
            {
                await ReadInputAsync(talk, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            store.SaveReport(session.Report);
            Note("summary", session);
        }

        cancellationToken.ThrowIfCancellationRequested();
        await talk.FinishAsync(cancellationToken).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(paths, callers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (text is not null && !talk.IsBroken)
        {
            return ExitCode.Success;
        }

        output.Line(talk.IsBroken ? $"{Printable.Of(session.Peer)} does not answer any more." : $"The talk with {Printable.Of(session.Peer)} is over.");
        return talk.IsBroken ? ExitCode.PeerUnreachable : ExitCode.Success;
    }

    private async Task ReadInputAsync(ChatTalk talk, CancellationToken cancellationToken)
    {
        if (isTerminal)
        {
            output.Line("Type a line and press Enter; Ctrl-D ends.");
        }

        while (!talk.Ended.IsCompleted)
        {
            // A console read cannot be cancelled: when the talk ends first, the next talk takes what it brings.
            var reading = _reading ??= Task.Run(input.ReadLine, CancellationToken.None);
            await Task.WhenAny(reading, talk.Ended).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!reading.IsCompleted)
            {
                break;
            }

            _reading = null;
            if (await reading.ConfigureAwait(false) is not { } line)
            {
                await talk.EndAsync(cancellationToken).ConfigureAwait(false);
                if (!talk.PeerEnded.IsCompleted && isTerminal)
                {
                    output.Line($"You have ended; waiting for {Printable.Of(talk.Peer)}. Ctrl-C leaves.");
                }

                await Task.WhenAny(talk.PeerEnded, talk.Ended).WaitAsync(cancellationToken).ConfigureAwait(false);
                return;
            }

            await talk.SendAsync(line, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RefuseOthersAsync(PosternClient me, string peer, CancellationToken cancellationToken)
    {
        await foreach (var call in me.IncomingAsync(cancellationToken).ConfigureAwait(false))
        {
            output.Line($"{Printable.Of(call.From)} called; you are talking with {Printable.Of(peer)}.");
            await call.RejectAsync($"{me.Name} is talking with somebody else.", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ShowRegistrationsAsync(PosternClient me, CancellationToken cancellationToken)
    {
        var lost = false;
        await foreach (var registered in me.RegistrationsAsync(cancellationToken).ConfigureAwait(false))
        {
            output.Object(new JsonObject { ["event"] = registered ? "registered" : "unregistered", ["name"] = me.Name });
            if (registered == lost)
            {
                output.Remark(registered ? "[registered again]" : "[the switchboard is lost; the talk goes on]");
            }

            lost = !registered;
        }
    }

    private async Task ShowPathsAsync(PosternSession session, CancellationToken cancellationToken)
    {
        await foreach (var change in session.PathChangesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (change.From != change.To)
            {
                output.Remark($"[{change.To.InWords()}: {change.Reason}]");
            }

            output.Object(new JsonObject { ["event"] = "path", ["path"] = change.To?.ToString(), ["reason"] = change.Reason });
        }
    }

    private void Note(string what, PosternSession session) =>
        output.Object(new JsonObject { ["event"] = what, ["peer"] = session.Peer, ["path"] = session.Path?.ToString() });
}
