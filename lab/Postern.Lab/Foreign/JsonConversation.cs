using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Postern.Lab.Foreign;

/// <summary>
/// JSON objects to and from a foreign process, each ended by one byte (a line feed, or NUL for Chromium's pipe). An object
/// with an "id" answers the request of that id; all others are <see cref="Unasked"/>.
/// </summary>
internal sealed class JsonConversation
{
    /// <summary>Passwords of ICE hold plus signs, and libnice's program reads no escapes.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ForeignProcess _process;
    private readonly byte _end;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _pending = new();
    private readonly Channel<JsonElement> _unasked = Channel.CreateBounded<JsonElement>(10_000);
    private readonly Lock _writing = new();
    private int _lastId;
    private volatile Exception? _ended;

    public JsonConversation(ForeignProcess process, byte end)
    {
        _process = process;
        _end = end;
        _ = ReadAsync();
    }

    /// <summary>Objects that answer no request, in their order; ends with the process.</summary>
    public ChannelReader<JsonElement> Unasked => _unasked.Reader;

    /// <summary>Sends a request and waits for its answer.</summary>
    public async Task<JsonElement> RequestAsync(JsonObject request, TimeSpan patience)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        request["id"] = id;
        if (_ended is { } ended)
        {
            throw ended;
        }

        Tell(request);
        try
        {
            return await answer.Task.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No answer in {patience.TotalSeconds} s to {request.ToJsonString()}\n{_process.Complaints}");
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    /// <summary>Sends an object to which no answer is due.</summary>
    public void Tell(JsonObject told)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(told, Plain), _end];
        lock (_writing)
        {
            _process.Input.Write(bytes);
            _process.Input.Flush();
        }
    }

    private async Task ReadAsync()
    {
        Exception? failure = null;
        try
        {
            await ReadToEndAsync();
        }
        catch (Exception error) when (error is IOException or JsonException or ObjectDisposedException)
        {
            failure = error;
        }

        _ended = new IOException($"The counterpart has gone.\n{_process.Complaints}", failure);
        _unasked.Writer.TryComplete(_ended);
        foreach (var answer in _pending.Values)
        {
            answer.TrySetException(_ended);
        }
    }

    private async Task ReadToEndAsync()
    {
        var buffer = new byte[1 << 16];
        var filled = 0;
        while (true)
        {
            var read = await _process.Output.ReadAsync(buffer.AsMemory(filled));
            if (read == 0)
            {
                return;
            }

            filled = TakeObjects(buffer, filled + read);
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * buffer.Length);
            }
        }
    }

    private int TakeObjects(byte[] buffer, int filled)
    {
        var start = 0;
        int length;
        while ((length = buffer.AsSpan(start, filled - start).IndexOf(_end)) >= 0)
        {
            Take(buffer.AsMemory(start, length));
            start += length + 1;
        }

        buffer.AsSpan(start, filled - start).CopyTo(buffer);
        return filled - start;
    }

    private void Take(ReadOnlyMemory<byte> text)
    {
        using var document = JsonDocument.Parse(text);
        var said = document.RootElement.Clone();
        if (!said.TryGetProperty("id", out var id))
        {
            _unasked.Writer.TryWrite(said);
        }
        else if (_pending.TryGetValue(id.GetInt32(), out var answer))
        {
            answer.TrySetResult(said);
        }
    }
}
