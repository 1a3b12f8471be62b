using System.Net.WebSockets;
using System.Threading.Channels;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Server;

namespace Postern.Server.Switchboard;

/// <summary>One WebSocket (RFC 6455) of the switchboard: messages in, a bounded queue of frames out.</summary>
internal sealed class HostedConnection(ConnectionId id, Endpoint remote, WebSocket socket, SwitchboardHostOptions options, TimeProvider time) : IDisposable
{
    private const int SmallBuffer = 4096;
    private const int WholeFrame = FrameLimits.FrameBytes + 1; // one byte too many shows that there are too many

    // What is still read, and thrown away, of a connection that is being closed: without reading it would hear a reset instead of the reason.
    private const int PatienceBytes = 1024 * 1024;

    private readonly Channel<OutgoingFrame> _out = Channel.CreateUnbounded<OutgoingFrame>(new() { SingleReader = true });
    private readonly CancellationTokenSource _over = new();
    private byte[] _buffer = new byte[SmallBuffer];
    private int _waiting;
    private volatile bool _isClosing;
    private int _patience = PatienceBytes;

    public ConnectionId Id => id;

    public Endpoint Remote => remote;

    /// <summary>Puts a frame into the queue; a connection that lets too much wait is cut.</summary>
    public void Enqueue(OutgoingFrame frame)
    {
        if (Interlocked.Add(ref _waiting, frame.Utf8.Length) > options.SendQueueBytes)
        {
            Cut();
            return;
        }

        _out.Writer.TryWrite(frame);
        if (frame.ThenClose)
        {
            _isClosing = true;
            _out.Writer.TryComplete();
            _ = CutAfterAsync(options.CloseTimeout);
        }
    }

    /// <summary>Reads until the peer closes or is gone, and sends what is in the queue meanwhile.</summary>
    public async Task RunAsync(SwitchboardRunner runner)
    {
        var sending = SendAllAsync();
        try
        {
            while (await ReceiveAsync() is { } message)
            {
                if (!_isClosing)
                {
                    runner.Handle(this, message.IsText, message.Bytes.Span);
                }
                else if ((_patience -= message.Bytes.Length) < 0)
                {
                    await Task.Delay(Timeout.Infinite, _over.Token); // nothing more is read, and the sentence that says why may still get there
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // the stream is over, one way or another
        }

        _out.Writer.TryComplete();
        await sending;
    }

    public void Dispose()
    {
        _over.Dispose();
        socket.Dispose();
    }

    private async Task SendAllAsync()
    {
        try
        {
            await foreach (var frame in _out.Reader.ReadAllAsync(_over.Token))
            {
                Interlocked.Add(ref _waiting, -frame.Utf8.Length);
                await socket.SendAsync(frame.Utf8, WebSocketMessageType.Text, endOfMessage: true, _over.Token);
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _over.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            Cut();
        }
    }

    /// <summary>The next message, or its beginning where it is too large; null at the end.</summary>
    private async Task<(bool IsText, ReadOnlyMemory<byte> Bytes)?> ReceiveAsync()
    {
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(length), _over.Token);
            length += received.Count;
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (received.EndOfMessage || length == WholeFrame)
            {
                return (received.MessageType == WebSocketMessageType.Text, _buffer.AsMemory(0, length));
            }

            if (length == _buffer.Length)
            {
                Array.Resize(ref _buffer, Math.Min(_buffer.Length * 4, WholeFrame));
            }
        }
    }

    private async Task CutAfterAsync(TimeSpan patience)
    {
        try
        {
            await Task.Delay(patience, time, _over.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Cut();
    }

    private void Cut()
    {
        try
        {
            _over.Cancel();
            socket.Abort();
        }
        catch (ObjectDisposedException)
        {
            // it ended by itself meanwhile
        }
    }
}
