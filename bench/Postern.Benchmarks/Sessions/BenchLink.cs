using Postern.Lab.Namespaces.Kernel;
using Postern.Protocol.Net;

namespace Postern.Benchmarks.Sessions;

/// <summary>One direction of a path in virtual time: a rate with a queue of one bandwidth-delay product of 20 ms, a delay, random loss.</summary>
/// <param name="random">Decides what is lost.</param>
/// <param name="bitsPerSecond">The rate.</param>
/// <param name="delay">One way.</param>
/// <param name="loss">The share of packets that vanish.</param>
/// <param name="headers">Bytes around each packet that the rate counts, too.</param>
internal sealed class BenchLink(LabRandom random, double bitsPerSecond, TimeSpan delay, double loss, int headers)
{
    private readonly Queue<(byte[] Packet, Instant At)> _packets = new();
    private readonly double _ticksPerByte = 8 / bitsPerSecond * TimeSpan.TicksPerSecond;
    private readonly long _queueTicks = TimeSpan.FromMilliseconds(20).Ticks;
    private long _freeAt;

    public long Dropped { get; private set; }

    public Instant NextArrival => _packets.TryPeek(out var next) ? next.At : Instant.Never;

    public void Send(ReadOnlySpan<byte> packet, Instant now)
    {
        if (random.NextDouble() < loss || _freeAt - now.Ticks > _queueTicks)
        {
            Dropped++;
            return;
        }

        _freeAt = Math.Max(_freeAt, now.Ticks) + (long)((packet.Length + headers) * _ticksPerByte);
        _packets.Enqueue((packet.ToArray(), new Instant(_freeAt) + delay));
    }

    public bool TryReceive(Instant now, out byte[] packet)
    {
        packet = [];
        if (NextArrival > now)
        {
            return false;
        }

        packet = _packets.Dequeue().Packet;
        return true;
    }
}
