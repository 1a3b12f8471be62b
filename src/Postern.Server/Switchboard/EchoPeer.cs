using Microsoft.Extensions.Logging;

namespace Postern.Server.Switchboard;

/// <summary>
/// The built-in peer <c>echo</c>: answers everybody and sends every message back on the channel that it came on, so that a
/// person can try a connection, and a ping, without a second person.
/// </summary>
public sealed class EchoPeer : IAsyncDisposable
{
    /// <summary>The name, which nobody else can claim.</summary>
    public const string Name = "echo";

    /// <summary>How many conversations at a time; a further caller is refused.</summary>
    internal const int MaximumSessions = 64;

    /// <summary>A conversation in which nothing is said for so long is ended.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);

    private readonly PosternClient _client;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _answering;
    private int _sessions;

    private EchoPeer(PosternClient client, ILogger log)
    {
        _client = client;
        _log = log;
        _answering = AnswerAllAsync();
    }

    /// <summary>Registers like every other peer and begins to answer.</summary>
    public static async Task<EchoPeer> StartAsync(PosternClientOptions options, ILogger log, CancellationToken cancellationToken) =>
        new(await PosternClient.RegisterAsync(options, cancellationToken).ConfigureAwait(false), log);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _client.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AnswerAllAsync()
    {
        await foreach (var call in _client.IncomingAsync(_stop.Token).ConfigureAwait(false))
        {
            if (Volatile.Read(ref _sessions) >= MaximumSessions)
            {
                _ = RejectAsync(call);
                continue;
            }

            _ = AnswerAsync(call);
        }
    }

    private async Task RejectAsync(IncomingSession call)
    {
        try
        {
            await call.RejectAsync("busy", _stop.Token).ConfigureAwait(false);
        }
        catch (ConnectException e)
        {
            Log.EchoEnded(_log, e.Failure);
        }
    }

    private async Task AnswerAsync(IncomingSession call)
    {
        Interlocked.Increment(ref _sessions);
        try
        {
            await using var session = await call.AcceptAsync(_stop.Token).ConfigureAwait(false);
            using var quiet = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            quiet.CancelAfter(Quiet);
            await foreach (var channel in session.IncomingChannelsAsync(quiet.Token).ConfigureAwait(false))
            {
                _ = EchoAsync(channel, quiet);
            }
        }
        catch (Exception e) when (e is ConnectException or OperationCanceledException or ObjectDisposedException)
        {
            Log.EchoEnded(_log, (e as ConnectException)?.Failure ?? ConnectFailure.Unknown);
        }
        finally
        {
            Interlocked.Decrement(ref _sessions);
        }
    }

    private static async Task EchoAsync(MessageChannel channel, CancellationTokenSource quiet)
    {
        try
        {
            await foreach (var message in channel.ReceiveAllAsync(quiet.Token).ConfigureAwait(false))
            {
                quiet.CancelAfter(Quiet);
                await channel.SendAsync(message, quiet.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or ArgumentException)
        {
            // the caller has gone
        }
    }
}
