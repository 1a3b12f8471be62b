using System.Collections.Concurrent;
using Postern.Firewalls.Learning;

namespace Postern.Cli.Firewalls;

/// <summary>
/// Reads a log on all processors: each takes the next part and reads it by itself, and the parts are put together in their order. The
/// outcome is that of reading it on one, and the memory that it takes does not grow with the log.
/// </summary>
internal sealed class LogReading : IDisposable
{
    private readonly LogParts _parts;
    private readonly LogReader _reader;
    private readonly int _readers;
    private readonly BlockingCollection<LogPart> _empty = [];
    private readonly BlockingCollection<LogPart> _read = [];
    private readonly Dictionary<long, LogPart> _early = [];
    private readonly CancellationTokenSource _stop;
    private readonly Lock _order = new();

    /// <param name="stream">The log.</param>
    /// <param name="reader">Is given its parts in their order.</param>
    /// <param name="now">The present, for logs that leave out the year.</param>
    /// <param name="readers">So many parts are read at the same time.</param>
    /// <param name="stop">Breaks it off.</param>
    public LogReading(Stream stream, LogReader reader, DateTimeOffset now, int readers, CancellationToken stop)
    {
        (_parts, _reader, _readers) = (new(stream), reader, readers);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        for (var i = 0; i < (2 * readers) + 2; i++)
        {
            _empty.Add(new(now), CancellationToken.None);
        }
    }

    /// <param name="begun">Is given the first lines of a long log.</param>
    /// <param name="advanced">Is told how many bytes further it is.</param>
    public async Task RunAsync(Action<byte[]>? begun, Action<int>? advanced)
    {
        var readers = Enumerable.Range(0, _readers)
            .Select(_ => Task.Factory.StartNew(ReadParts, _stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        var all = Task.WhenAll(readers).ContinueWith(_ => _read.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            PutTogether(begun, advanced);
        }
        finally
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await all.ConfigureAwait(false);
        }

        await Task.WhenAll(readers).ConfigureAwait(false);
        _reader.Complete();
    }

    public void Dispose()
    {
        _empty.Dispose();
        _read.Dispose();
        _stop.Dispose();
    }

    private void ReadParts()
    {
        try
        {
            for (; ; )
            {
                var part = _empty.Take(_stop.Token); // first: whoever has the next part can always finish it
                lock (_order)
                {
                    if (!_parts.TryFill(part))
                    {
                        return;
                    }
                }

                if (part.IsWhole)
                {
                    part.Block.Read(part.Bytes);
                }

                _read.Add(part, CancellationToken.None);
            }
        }
        catch
        {
            _stop.Cancel();
            throw;
        }
    }

    private void PutTogether(Action<byte[]>? begun, Action<int>? advanced)
    {
        long next = 0;
        foreach (var part in _read.GetConsumingEnumerable())
        {
            _early.Add(part.Number, part);
            for (; _early.Remove(next, out var due); next++)
            {
                if (next == 0 && due.IsWhole && due.Bytes.Length > LogParts.Length / 2)
                {
                    begun?.Invoke(due.Bytes.ToArray());
                }

                Take(due);
                advanced?.Invoke(due.Bytes.Length);
                _empty.Add(due);
            }
        }
    }

    private void Take(LogPart part)
    {
        if (part.IsWhole)
        {
            _reader.Take(part.Block, part.Bytes);
        }
        else
        {
            _reader.Feed(part.Bytes);
        }
    }
}
