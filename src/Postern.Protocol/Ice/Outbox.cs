using System.Diagnostics.CodeAnalysis;

namespace Postern.Protocol.Ice;

/// <summary>What is to be sent, in order. A caller that drains never meets the bound.</summary>
internal sealed class Outbox
{
    private const int Capacity = 512;

    private readonly Queue<Outgoing> _queue = new();

    public bool TryAdd(in Outgoing outgoing)
    {
        if (_queue.Count == Capacity)
        {
            return false;
        }

        _queue.Enqueue(outgoing);
        return true;
    }

    public bool TryTake([MaybeNullWhen(false)] out Outgoing outgoing) => _queue.TryDequeue(out outgoing);
}
