using System.Collections.Concurrent;
using Postern.Firewalls.Learning;

namespace Postern.Cli.Firewalls;

/// <summary>Gathers flows on a thread of its own, in the order in which they came, while the next lines are read.</summary>
internal sealed class FlowGatherer : IDisposable
{
    private const int BatchLength = 2048;
    private const int MaximumWaiting = 8;

    private readonly FlowTable _table;
    private readonly BlockingCollection<(Sighting[] Flows, int Count)> _full = new(MaximumWaiting);
    private readonly ConcurrentBag<Sighting[]> _empty = [];
    private readonly Task _gathering;
    private Sighting[] _batch = new Sighting[BatchLength];
    private int _count;

    public FlowGatherer(FlowTable table)
    {
        _table = table;
        _gathering = Task.Factory.StartNew(Gather, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Add(in Sighting sighting)
    {
        _batch[_count++] = sighting;
        if (_count == BatchLength)
        {
            Pass();
        }
    }

    /// <summary>Waits until the table holds all that was added; nothing can be added after it.</summary>
    public async Task CompleteAsync()
    {
        Pass();
        _full.CompleteAdding();
        await _gathering.ConfigureAwait(false);
        _table.Flush();
    }

    public void Dispose() => _full.Dispose();

    private void Pass()
    {
        _full.Add((_batch, _count));
        _batch = _empty.TryTake(out var used) ? used : new Sighting[BatchLength];
        _count = 0;
    }

    private void Gather()
    {
        foreach (var (flows, count) in _full.GetConsumingEnumerable())
        {
            foreach (ref readonly var sighting in flows.AsSpan(0, count))
            {
                _table.Add(sighting);
            }

            _empty.Add(flows);
        }
    }
}
