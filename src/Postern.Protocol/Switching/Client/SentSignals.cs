using System.Diagnostics.CodeAnalysis;

namespace Postern.Protocol.Switching.Client;

/// <summary>The signals that nobody has acknowledged yet, in the order in which they were sent.</summary>
internal sealed class SentSignals(int maximumCount, int maximumBytes)
{
    private readonly List<SentSignal> _signals = [];
    private int _bytes;

    public IReadOnlyList<SentSignal> InOrder => _signals;

    public bool TryAdd(SentSignal signal)
    {
        if (_signals.Count >= maximumCount || _bytes + signal.Frame.Length > maximumBytes)
        {
            return false;
        }

        _signals.Add(signal);
        _bytes += signal.Frame.Length;
        return true;
    }

    public bool TryRemove(long seq, [NotNullWhen(true)] out SentSignal? signal)
    {
        signal = _signals.Find(sent => sent.Seq == seq);
        return signal is not null && Remove(signal);
    }

    public void RemoveWhere(Predicate<SentSignal> unwanted) => _signals.FindAll(unwanted).ForEach(signal => Remove(signal));

    private bool Remove(SentSignal signal)
    {
        _bytes -= signal.Frame.Length;
        return _signals.Remove(signal);
    }
}
