using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Postern.Drivers;
using Postern.Sessions.Sctp;

namespace Postern;

/// <summary>A channel of messages inside a session (a data channel, RFC 8831).</summary>
public sealed class MessageChannel
{
    private readonly PosternSession _session;
    private readonly CallDriver _driver;
    private readonly Channel<Message> _received = Channel.CreateUnbounded<Message>(new() { SingleWriter = true });

    internal MessageChannel(PosternSession session, CallDriver driver, DataChannel channel)
    {
        _session = session;
        _driver = driver;
        Stream = channel;
    }

    /// <summary>The label under which it was opened.</summary>
    public string Label => Stream.Label;

    /// <summary>The protocol named when it was opened; may be empty.</summary>
    public string Protocol => Stream.Options.Protocol;

    internal DataChannel Stream { get; }

    /// <summary>Sends text; waits while the send buffer is full.</summary>
    public ValueTask SendAsync(string text, CancellationToken cancellationToken = default) =>
        SendAsync(Encoding.UTF8.GetBytes(text), isText: true, cancellationToken);

    /// <summary>Sends bytes; waits while the send buffer is full. The bytes are taken before this completes.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        SendAsync(bytes, isText: false, cancellationToken);

    /// <summary>Sends a message of the kind that it has.</summary>
    public ValueTask SendAsync(Message message, CancellationToken cancellationToken = default) =>
        SendAsync(message.Bytes, message.IsText, cancellationToken);

    /// <summary>Takes the next message; throws <see cref="ChannelClosedException"/> once the channel is closed and empty.</summary>
    public async ValueTask<Message> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        var message = await _received.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        _session.NoteConsumed(message.Bytes.Length);
        return message;
    }

    /// <summary>All messages until the channel closes.</summary>
    public async IAsyncEnumerable<Message> ReceiveAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var message in _received.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            _session.NoteConsumed(message.Bytes.Length);
            yield return message;
        }
    }

    /// <summary>Closes the channel on both sides (RFC 8831 §6.7); what was sent before still arrives.</summary>
    public void Close() => _driver.Do((call, now) => call.CloseChannel(Stream, now));

    internal void Deliver(Message message) => _received.Writer.TryWrite(message);

    internal void Complete() => _received.Writer.TryComplete();

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, bool isText, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var drained = _session.NextDrain();
            switch (_driver.Send(Stream, isText, bytes.Span))
            {
                case SendResult.Accepted:
                    return;
                case SendResult.BufferFull:
                    await drained.WaitAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case SendResult.TooLarge:
                    throw new ArgumentException($"A message of {bytes.Length} bytes is larger than the other side takes.", nameof(bytes));
                default:
                    throw new ChannelClosedException("The other side has closed the channel.");
            }
        }
    }
}
