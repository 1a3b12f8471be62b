using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;

namespace Postern.Transports;

/// <summary>
/// Datagrams over a WebSocket (RFC 6455), each a binary message: the stream to the relay, at either end. Reading and sending go on
/// beside each other; nobody who sends waits.
/// </summary>
/// <param name="socket">Open; the caller's to dispose of.</param>
/// <param name="time">The clock.</param>
/// <param name="headroom">Bytes to leave free before what is received.</param>
/// <param name="tailroom">And behind it.</param>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without a timer holds nothing to dispose of.")]
internal sealed class DatagramSocket(WebSocket socket, TimeProvider time, int headroom = 0, int tailroom = 0)
{
    /// <summary>The subprotocol that both ends must name.</summary>
    public const string Protocol = "postern.relay.1";

    /// <summary>The longest message: what a relayed UDP socket takes, with a Data indication's header before it and padding behind.</summary>
    public const int MaximumDatagram = 4096 + 48 + 3;

    /// <summary>A third of what proxies let an idle connection live at least; 60 s are common.</summary>
    public static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(20);

    /// <summary>Without an answer for so long the other end is gone: within ICE's 30 s of consent (RFC 7675 §5.1), together with the interval about.</summary>
    public static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(2);

    private readonly DatagramQueue _out = new();
    private readonly CancellationTokenSource _over = new();
    private readonly byte[] _buffer = new byte[headroom + MaximumDatagram + 1 + tailroom];
    private (WebSocketCloseStatus Status, string? Sentence) _closing = (WebSocketCloseStatus.NormalClosure, null);
    private volatile bool _isClosing;

    /// <summary>Takes a datagram that lies behind the headroom of the buffer.</summary>
    public delegate void Receiver(byte[] buffer, int length);

    /// <summary>Datagrams that found the queue full.</summary>
    public long Dropped => _out.Dropped;

    /// <summary>Puts a datagram into the queue; false where it is too long or there is no room, and it is lost.</summary>
    public bool TrySend(ReadOnlySpan<byte> datagram) => datagram.Length <= MaximumDatagram && _out.TryAdd(datagram);

    /// <summary>Ends it with a word for the other side, which has two seconds to take it.</summary>
    public void Close(WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure, string? sentence = null)
    {
        _closing = _isClosing ? _closing : (status, sentence);
        _isClosing = true;
        _out.Complete();
        _ = CutLaterAsync();
    }

    /// <summary>Reads and sends until either end closes. Throws nothing of the network's.</summary>
    public async Task RunAsync(Receiver receiver)
    {
        var sending = SendAllAsync();
        try
        {
            await ReceiveAllAsync(receiver).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // the stream is over, one way or another
        }
        finally
        {
            _out.Complete();
            _ = CutLaterAsync(); // whoever has said goodbye may read no more, and what is being sent would wait for that
            await sending.ConfigureAwait(false);
            await _over.CancelAsync().ConfigureAwait(false);
        }
    }

    private static bool IsEnd(Exception e) => e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException;

    private async Task ReceiveAllAsync(Receiver receiver)
    {
        var room = _buffer.AsMemory(headroom, MaximumDatagram + 1); // one more, to notice what is too long
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(room[length..], _over.Token).ConfigureAwait(false);
            length += received.Count;
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            if (_isClosing)
            {
                length = 0; // read on, for whoever is reset does not hear why
            }
            else if (received.MessageType == WebSocketMessageType.Text || length > MaximumDatagram)
            {
                Refuse(received.MessageType);
            }
            else if (received.EndOfMessage)
            {
                receiver(_buffer, length);
                length = 0;
            }
        }
    }

    private void Refuse(WebSocketMessageType type)
    {
        if (type == WebSocketMessageType.Text)
        {
            Close(WebSocketCloseStatus.InvalidMessageType, "Datagrams are binary messages.");
        }
        else
        {
            Close(WebSocketCloseStatus.MessageTooBig, $"A datagram has at most {MaximumDatagram} bytes.");
        }
    }

    private async Task SendAllAsync()
    {
        try
        {
            await _out.DrainAsync(datagram => socket.SendAsync(datagram, WebSocketMessageType.Binary, endOfMessage: true, _over.Token), _over.Token).ConfigureAwait(false);
            await socket.CloseOutputAsync(_closing.Status, _closing.Sentence, _over.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            await _over.CancelAsync().ConfigureAwait(false); // the reading half ends too
        }
    }

    private async Task CutLaterAsync()
    {
        await Task.Delay(ClosePatience, time, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _over.CancelAsync().ConfigureAwait(false);
    }
}
