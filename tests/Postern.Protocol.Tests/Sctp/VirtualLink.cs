using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Sctp;

/// <summary>One direction of a path in virtual time: delay, jitter (so reordering), loss, duplication, rate and a queue that drops its tail.</summary>
public sealed class VirtualLink(SeededRandom random)
{
    private readonly PriorityQueue<byte[], (long At, long Order)> _packets = new();
    private long _order;
    private long _freeAt;

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(10);

    public TimeSpan Jitter { get; set; }

    public double Loss { get; set; }

    public double Duplication { get; set; }

    /// <summary>Bits per second; 0 is unlimited.</summary>
    public double Rate { get; set; }

    /// <summary>Bytes that may wait for the rate.</summary>
    public int QueueBytes { get; set; } = 1 << 20;

    /// <summary>Decides about single packets; true drops.</summary>
    public Func<byte[], bool>? Drops { get; set; }

    public long Sent { get; private set; }

    public long Dropped { get; private set; }

    public Instant NextArrival => _packets.TryPeek(out _, out var priority) ? new(priority.At) : Instant.Never;

    public void Send(ReadOnlySpan<byte> packet, Instant now)
    {
        Sent++;
        var copy = packet.ToArray();
        var queued = Rate == 0 ? 0 : Math.Max(0, _freeAt - now.Ticks) * Rate / 8 / TimeSpan.TicksPerSecond;
        if (random.NextDouble() < Loss || Drops?.Invoke(copy) == true || queued + packet.Length > QueueBytes)
        {
            Dropped++;
            return;
        }

        var leaves = now.Ticks;
        if (Rate > 0)
        {
            _freeAt = Math.Max(_freeAt, now.Ticks) + (long)((packet.Length + 65) * 8 / Rate * TimeSpan.TicksPerSecond); // DTLS, UDP, IP
            leaves = _freeAt;
        }

        for (var copies = random.NextDouble() < Duplication ? 2 : 1; copies > 0; copies--)
        {
            _packets.Enqueue(copy, (leaves + Delay.Ticks + (long)(random.NextDouble() * Jitter.Ticks), _order++));
        }
    }

    /// <summary>Loses all that is on its way.</summary>
    public void Clear() => _packets.Clear();

    public bool TryReceive(Instant now, out byte[] packet)
    {
        packet = [];
        return NextArrival <= now && _packets.TryDequeue(out packet!, out _);
    }
}
