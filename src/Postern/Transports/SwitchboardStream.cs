using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Threading.Channels;
using Postern.Protocol.Switching.Frames;

namespace Postern.Transports;

/// <summary>One WebSocket to a switchboard, from dialling to its end.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without a timer holds nothing to dispose of.")]
internal sealed class SwitchboardStream(long number, SwitchboardDriverOptions options, TimeProvider time)
{
    private const int SmallBuffer = 4096;

    private readonly Channel<ReadOnlyMemory<byte>> _out = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(); // bounded by the machine
    private readonly CancellationTokenSource _over = new();
    private byte[] _buffer = new byte[SmallBuffer];

    public long Number => number;

    public void Enqueue(ReadOnlyMemory<byte> frame) => _out.Writer.TryWrite(frame);

    /// <summary>No more frames: what is in the queue may still go out, in bounded time.</summary>
    public void Close()
    {
        _out.Writer.TryComplete();
        _ = CutAfterAsync(options.CloseTimeout);
    }

    /// <summary>Dials, reports, reads and writes until either end closes. Never throws.</summary>
    public async Task RunAsync(SwitchboardDriver driver)
    {
        string? sentence = null;
        try
        {
            using var socket = await options.Dial.OpenAsync(own => own.KeepAliveInterval = Timeout.InfiniteTimeSpan, _over.Token); // the protocol has its own pings
            driver.Opened(this);
            var sending = SendAllAsync(socket);
            await ReceiveAllAsync(socket, driver);
            _out.Writer.TryComplete();
            await sending;
        }
        catch (OperationCanceledException)
        {
            // closed by our own side
        }
        catch (Exception e) when (SwitchboardDial.IsFailure(e))
        {
            sentence = $"The switchboard at {options.Url.Authority} cannot be reached: {e.GetBaseException().Message}";
        }

        driver.Closed(this, sentence);
        _out.Writer.TryComplete();
    }

    private async Task ReceiveAllAsync(ClientWebSocket socket, SwitchboardDriver driver)
    {
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(length), _over.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            length += received.Count;
            if (received.EndOfMessage || length > FrameLimits.FrameBytes)
            {
                await driver.ReceivedAsync(this, _buffer.AsMemory(0, length), _over.Token);
                length = 0;
            }
            else if (length == _buffer.Length)
            {
                Array.Resize(ref _buffer, Math.Min(_buffer.Length * 4, FrameLimits.FrameBytes + 1));
            }
        }
    }

    private async Task SendAllAsync(ClientWebSocket socket)
    {
        try
        {
            await foreach (var frame in _out.Reader.ReadAllAsync(_over.Token))
            {
                await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, _over.Token);
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _over.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            await _over.CancelAsync(); // the reading half says so
        }
    }

    private async Task CutAfterAsync(TimeSpan patience)
    {
        await Task.Delay(patience, time, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _over.CancelAsync();
    }
}
