using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>Datagrams that wait for the next drain. Bounded; its buffers are used again and again.</summary>
internal sealed class RelayOutbox
{
    public const int Capacity = 256;

    private readonly Queue<Item> _waiting = new();
    private readonly Stack<byte[]> _spare = new();

    /// <summary>False, and nothing kept, where the driver does not drain.</summary>
    public bool TryAdd(Endpoint via, Endpoint target, ReadOnlySpan<byte> datagram)
    {
        if (_waiting.Count == Capacity)
        {
            return false;
        }

        if (!_spare.TryPop(out var buffer) || buffer.Length < datagram.Length)
        {
            buffer = new byte[Math.Max(2048, datagram.Length)];
        }

        datagram.CopyTo(buffer);
        _waiting.Enqueue(new(buffer, new(datagram.Length, via, target)));
        return true;
    }

    public bool TryTake(Span<byte> buffer, out Transmit transmit)
    {
        if (!_waiting.TryDequeue(out var item))
        {
            transmit = default;
            return false;
        }

        transmit = item.Transmit;
        item.Buffer.AsSpan(0, transmit.Length).CopyTo(buffer);
        if (item.Buffer.Length == 2048)
        {
            _spare.Push(item.Buffer);
        }

        return true;
    }

    private readonly record struct Item(byte[] Buffer, Transmit Transmit);
}
