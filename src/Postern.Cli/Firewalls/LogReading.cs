using System.Diagnostics.CodeAnalysis;
using Postern.Firewalls.Learning;

namespace Postern.Cli.Firewalls;

/// <summary>
/// Reads a log on all processors: each takes the next part and reads it by itself; whoever then holds the part that is due puts it
/// together with those before, and all further ones that have become due. The outcome is that of reading it on one processor, and the
/// memory that it takes does not grow with the log.
/// </summary>
internal sealed class LogReading
{
    private readonly LogParts _parts;
    private readonly LogReader _reader;
    private readonly int _readers;
    private readonly CancellationToken _stop;
    private readonly Lock _order = new();

    // All below under this lock.
    private readonly object _desk = new();
    private readonly Stack<LogPart> _empty = new();
    private readonly Dictionary<long, LogPart> _read = [];
    private long _due;
    private bool _isPuttingTogether;
    private bool _isBrokenOff;

    /// <param name="stream">The log.</param>
    /// <param name="reader">Is given its parts in their order.</param>
    /// <param name="now">The present, for logs that leave out the year.</param>
    /// <param name="readers">So many parts are read at the same time.</param>
    /// <param name="stop">Breaks it off.</param>
    public LogReading(Stream stream, LogReader reader, DateTimeOffset now, int readers, CancellationToken stop)
    {
        (_parts, _reader, _readers, _stop) = (new(stream), reader, readers, stop);
        for (var i = 0; i < (2 * readers) + 2; i++)
        {
            _empty.Push(new(now));
        }
    }

    /// <param name="advanced">Is told how many bytes further it is, by one thread after the other.</param>
    public async Task RunAsync(Action<int>? advanced)
    {
        using (_stop.Register(BreakOff))
        {
            await Task.WhenAll(Enumerable.Range(0, _readers).Select(_ => Task.Factory.StartNew(
                () => ReadParts(advanced), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))).ConfigureAwait(false);
        }

        _stop.ThrowIfCancellationRequested();
        _reader.Complete();
    }

    private void ReadParts(Action<int>? advanced)
    {
        try
        {
            while (TryTakeEmpty(out var part) && TryFill(part)) // first the empty one: whoever has the next part can always finish it
            {
                if (part.IsWhole)
                {
                    part.Block.Read(part.Bytes);
                }

                PutTogether(part, advanced);
            }
        }
        catch
        {
            BreakOff();
            throw;
        }
    }

    private bool TryTakeEmpty([NotNullWhen(true)] out LogPart? part)
    {
        lock (_desk)
        {
            while (!_isBrokenOff && _empty.Count == 0)
            {
                Monitor.Wait(_desk);
            }

            part = _isBrokenOff ? null : _empty.Pop();
            return part is not null;
        }
    }

    private bool TryFill(LogPart part)
    {
        lock (_order)
        {
            return _parts.TryFill(part);
        }
    }

    private void PutTogether(LogPart read, Action<int>? advanced)
    {
        lock (_desk)
        {
            _read.Add(read.Number, read);
        }

        while (TryTakeDue(out var part))
        {
            Take(part);
            advanced?.Invoke(part.Bytes.Length);
            Return(part);
        }
    }

    /// <summary>The part that is due, where it has been read and nobody else is at it.</summary>
    private bool TryTakeDue([NotNullWhen(true)] out LogPart? part)
    {
        lock (_desk)
        {
            part = null;
            var isMine = !_isPuttingTogether && _read.Remove(_due, out part);
            _isPuttingTogether |= isMine;
            return isMine;
        }
    }

    private void Return(LogPart part)
    {
        lock (_desk)
        {
            (_due, _isPuttingTogether) = (_due + 1, false);
            _empty.Push(part);
            Monitor.Pulse(_desk);
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

    private void BreakOff()
    {
        lock (_desk)
        {
            _isBrokenOff = true;
            Monitor.PulseAll(_desk);
        }
    }
}
