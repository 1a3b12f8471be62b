using System.Text.Json.Nodes;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary>Two people who type each other's name: whoever comes first waits, and it does not matter who calls whom.</summary>
internal sealed class Meeting<TSession>(IMeetingLine<TSession> line, Output output, TimeProvider time)
    where TSession : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    private volatile TaskCompletionSource? _taking; // their call: to call back meanwhile would have both sides give theirs up

    /// <param name="name">Whom to meet.</param>
    /// <param name="wait">Whether to wait for a peer who is not there.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<TSession> WithAsync(string name, bool wait, CancellationToken cancellationToken)
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

    private async Task<TSession> CallAsync(string name, bool wait, CancellationToken cancellationToken)
    {
        var told = false;
        while (true)
        {
            try
            {
                if (_taking is { } taking)
                {
                    await taking.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
                }

                return await line.CallAsync(name, cancellationToken).ConfigureAwait(false);
            }
            catch (ConnectException e) when (wait && e.Failure == ConnectFailure.PeerOffline)
            {
                if (!told)
                {
                    output.Line($"{Printable.Of(name)} is not there yet; waiting. Ctrl-C ends.");
                    output.Object(new JsonObject { ["event"] = "waiting", ["peer"] = name });
                }

                told = true;
                await Task.Delay(Again, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<TSession> AnswerAsync(string name, CancellationToken cancellationToken)
    {
        await foreach (var call in line.CallersAsync(cancellationToken).ConfigureAwait(false))
        {
            if (string.Equals(call.From, name, StringComparison.OrdinalIgnoreCase))
            {
                return await TakeAsync(call, cancellationToken).ConfigureAwait(false);
            }

            output.Line($"{Printable.Of(call.From)} called; you are waiting for {Printable.Of(name)}.");
            await call.RejectAsync("busy", cancellationToken).ConfigureAwait(false);
        }

        throw new ConnectException(ConnectFailure.ServerUnreachable, "The switchboard ended the connection.");
    }

    private async Task<TSession> TakeAsync(IMeetingCall<TSession> call, CancellationToken cancellationToken)
    {
        var taking = _taking = new();
        try
        {
            return await call.AcceptAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            taking.SetResult(); // nothing came of theirs: now ours may be made
            throw;
        }
    }

    private static async Task DisposeLateAsync(Task<TSession> late)
    {
        await ((Task)late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (late.IsCompletedSuccessfully)
        {
            await (await late.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }
}
