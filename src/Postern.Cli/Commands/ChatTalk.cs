using System.Text.Json.Nodes;
using System.Threading.Channels;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary>
/// The chat inside a session: text messages on the channel <c>chat</c>, which the caller opens; an empty binary message says
/// "no more from me". Pings of the other side are answered on channels labelled <c>ping</c>.
/// </summary>
internal sealed class ChatTalk : IDisposable
{
    public const string Label = "chat";

    private readonly PosternSession _session;
    private readonly Output _output;
    private readonly bool _isConversation;
    private readonly TaskCompletionSource<MessageChannel> _chat = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _peerEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _adopting;
    private long _sent;
    private long _received;

    public ChatTalk(PosternSession session, Output output, bool isConversation)
    {
        _session = session;
        _output = output;
        _isConversation = isConversation;
        _adopting = AdoptAsync();
    }

    /// <summary>The other side has said that it has no more to say.</summary>
    public Task PeerEnded => _peerEnded.Task;

    /// <summary>The session is over.</summary>
    public Task Ended => _session.Completion;

    public string Peer => _session.Peer;

    /// <summary>The session broke: nobody said goodbye.</summary>
    public bool IsBroken => _session.Completion.IsFaulted;

    public async Task SendAsync(string line, CancellationToken cancellationToken)
    {
        var chat = await _chat.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await chat.SendAsync(line, cancellationToken).ConfigureAwait(false);
        _sent++;
    }

    /// <summary>Says that nothing more comes.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        var chat = await _chat.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await chat.SendAsync(ReadOnlyMemory<byte>.Empty, cancellationToken).ConfigureAwait(false);
    }

    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await _session.CloseAsync(cancellationToken).ConfigureAwait(false);
        await _adopting.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _output.Object(new JsonObject { ["event"] = "ended", ["sent"] = _sent, ["received"] = Interlocked.Read(ref _received) });
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task AdoptAsync()
    {
        var listening = new List<Task>();
        try
        {
            if (_session.IsCaller)
            {
                listening.Add(ListenAsync(_session.OpenChannel(Label)));
            }

            await foreach (var channel in _session.IncomingChannelsAsync(_stop.Token).ConfigureAwait(false))
            {
                listening.Add(channel.Label == Label ? ListenAsync(channel) : PingCommand.AnswerAsync(channel, _stop.Token));
            }
        }
        finally
        {
            await Task.WhenAll(listening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _peerEnded.TrySetResult();
            _chat.TrySetException(new ConnectException(ConnectFailure.PeerOffline, "The session ended."));
            _ = _chat.Task.Exception;
        }
    }

    private async Task ListenAsync(MessageChannel channel)
    {
        _chat.TrySetResult(channel);
        try
        {
            await foreach (var message in channel.ReceiveAllAsync(_stop.Token).ConfigureAwait(false))
            {
                if (!message.IsText)
                {
                    if (_isConversation)
                    {
                        _output.Remark($"[{Printable.Of(Peer)} has no more to say]");
                    }

                    _peerEnded.TrySetResult();
                    continue;
                }

                Interlocked.Increment(ref _received);
                _output.Line($"{Printable.Of(_session.Peer)}: {Printable.Of(message.Text)}");
                _output.Object(new JsonObject
                {
                    ["event"] = "message",
                    ["from"] = _session.Peer,
                    ["text"] = message.Text,
                    ["path"] = _session.Path?.ToString(),
                });
            }
        }
        catch (ChannelClosedException)
        {
            // closed by the other side
        }
    }
}
