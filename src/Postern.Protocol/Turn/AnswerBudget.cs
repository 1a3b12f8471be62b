using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>
/// Bounds what a forged source address can make a server send to its victim: each network (IPv4 /24, IPv6 /56) has a bucket for
/// the bytes by which answers exceed requests. The table is fixed in size; networks that share a slot share a bucket, so a
/// flood from everywhere costs no memory and is answered at a bounded rate.
/// </summary>
/// <param name="bytesPerSecond">Refill.</param>
/// <param name="burst">Bytes in a full bucket.</param>
/// <param name="seed">Random, so that nobody can choose whose bucket to empty.</param>
public sealed class AnswerBudget(int bytesPerSecond, int burst, ulong seed)
{
    private const int Slots = 8192;

    private readonly long _ticksPerByte = TimeSpan.TicksPerSecond / bytesPerSecond;
    private readonly long _burstTicks = TimeSpan.TicksPerSecond / bytesPerSecond * burst;

    // When each bucket will be full again: in the past for a full one.
    private readonly long[] _fullAt = new long[Slots];

    /// <summary>Whether an answer of this size may leave. One that is no longer than its request always may.</summary>
    public bool TrySpend(IpAddress source, int request, int answer, Instant now)
    {
        if (answer <= request)
        {
            return true;
        }

        ref var fullAt = ref _fullAt[Slot(source)];
        var then = Math.Max(fullAt, now.Ticks) + ((answer - request) * _ticksPerByte);
        if (then - now.Ticks > _burstTicks)
        {
            return false;
        }

        fullAt = then;
        return true;
    }

    private int Slot(IpAddress source)
    {
        var network = source.IsV4 ? (ulong)source.V4 >> 8 : (ulong)(source.Bits >> 72) | (1UL << 63);
        var hash = (network ^ seed) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
        return (int)((hash ^ (hash >> 32)) % Slots);
    }
}
