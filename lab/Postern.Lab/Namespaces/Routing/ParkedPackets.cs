using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Routing;

/// <summary>Packets that are under way on a link. Their buffers are used again and again; their number has a bound.</summary>
internal sealed class ParkedPackets
{
    private const int MostParked = 16384; // 32 MB: 50,000 packets a second for a third of a second
    private const int UsualLength = 2048;

    private readonly PriorityQueue<(byte[] Buffer, int Length, bool IsUp), (long At, long Number)> _waiting = new(1024);
    private readonly Stack<byte[]> _free = new();
    private byte[]? _lent;
    private long _number;

    public Instant NextDeadline => _waiting.TryPeek(out _, out var key) ? new(key.At) : Instant.Never;

    /// <summary>Keeps a copy until then; false when there is no room.</summary>
    public bool TryAdd(ReadOnlySpan<byte> packet, Instant until, bool isUp)
    {
        if (_waiting.Count >= MostParked)
        {
            return false;
        }

        var buffer = packet.Length <= UsualLength && _free.TryPop(out var used) ? used : new byte[Math.Max(UsualLength, packet.Length)];
        packet.CopyTo(buffer);
        _waiting.Enqueue((buffer, packet.Length, isUp), (until.Ticks, _number++));
        return true;
    }

    /// <summary>Lends the next packet that has arrived, until the next call.</summary>
    public bool TryTake(Instant now, out Span<byte> packet, out bool isUp)
    {
        if (_lent is { Length: UsualLength })
        {
            _free.Push(_lent);
        }

        packet = default;
        (_lent, isUp) = (null, false);
        if (!_waiting.TryPeek(out var first, out var key) || key.At > now.Ticks)
        {
            return false;
        }

        _waiting.Dequeue();
        (_lent, isUp) = (first.Buffer, first.IsUp);
        packet = first.Buffer.AsSpan(0, first.Length);
        return true;
    }
}
