using System.Text.Json.Nodes;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary>Two people who type each other's name: whoever comes first waits, and it does not matter who calls whom.</summary>
internal sealed class Meeting(PosternClient me, Output output)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    private volatile bool _accepts; // their call: to call back meanwhile would have both sides give theirs up

    /// <param name="name">Whom to meet.</param>
    /// <param name="wait">Whether to wait for a peer who is not there.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<PosternSession> WithAsync(string name, bool wait, CancellationToken cancellationToken)
    {
        using var met = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answering = AnswerAsync(name, met.Token);
        var calling = CallAsync(name, wait, met.Token);
        var first = await Task.WhenAny(answering, calling).ConfigureAwait(false);
        if (first.IsFaulted && first == answering)
        {
            first = calling;
        }

        try
        {
            return await first.ConfigureAwait(false);
        }
        finally
        {
            await met.CancelAsync().ConfigureAwait(false);
            await DisposeLateAsync(first == answering ? calling : answering).ConfigureAwait(false);
        }
    }

    private async Task<PosternSession> CallAsync(string name, bool wait, CancellationToken cancellationToken)
    {
        var told = false;
        while (true)
        {
            try
            {
                while (_accepts)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken).ConfigureAwait(false);
                }

                return await me.ConnectAsync(name, cancellationToken).ConfigureAwait(false);
            }
            catch (ConnectException e) when (wait && e.Failure == ConnectFailure.PeerOffline)
            {
                if (!told)
                {
                    output.Line($"{Printable.Of(name)} is not there yet; waiting. Ctrl-C ends.");
                    output.Object(new JsonObject { ["event"] = "waiting", ["peer"] = name });
                }

                told = true;
                await Task.Delay(Again, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<PosternSession> AnswerAsync(string name, CancellationToken cancellationToken)
    {
        await foreach (var call in me.IncomingAsync(cancellationToken).ConfigureAwait(false))
        {
            if (string.Equals(call.From, name, StringComparison.OrdinalIgnoreCase))
            {
                try
                {
                    _accepts = true;
                    return await call.AcceptAsync(cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    _accepts = false;
                    throw;
                }
            }

            output.Line($"{Printable.Of(call.From)} called; you are waiting for {Printable.Of(name)}.");
            await call.RejectAsync("busy", cancellationToken).ConfigureAwait(false);
        }

        throw new ConnectException(ConnectFailure.ServerUnreachable, "The switchboard ended the connection.");
    }

    private static async Task DisposeLateAsync(Task<PosternSession> late)
    {
        await ((Task)late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (late.IsCompletedSuccessfully)
        {
            await (await late.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }
}
