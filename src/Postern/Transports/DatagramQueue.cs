using System.Buffers;
using System.Threading.Channels;

namespace Postern.Transports;

/// <summary>
/// Datagrams that wait for a stream. It never grows beyond its bound: what finds it full is lost, as in any router, and the
/// congestion control of those who sent it slows down. What the server must answer, or answers, has a reserve, for over a
/// stream nobody asks twice.
/// </summary>
internal sealed class DatagramQueue
{
    /// <summary>Some 150 KB of usual datagrams: a tenth of a second at 12 Mbit/s, which holds a burst and delays nobody for long.</summary>
    public const int Capacity = 128;

    /// <summary>A count alone would let the longest datagrams wait for three times as long. Buffers of a pool hold at most twice as much.</summary>
    public const int CapacityInBytes = 192 * 1024;

    /// <summary>As many requests or answers as a client may have under way, and more.</summary>
    public const int Reserve = 64;

    /// <summary>They are short; few have more than 500 bytes.</summary>
    public const int ReserveInBytes = 32 * 1024;

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(Capacity + Reserve) { SingleReader = true });
    private int _bytes;
    private long _dropped;

    /// <summary>How many were lost.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Takes a copy of the datagram; false where there is no room.</summary>
    public bool TryAdd(ReadOnlySpan<byte> datagram)
    {
        var isAsked = IsAsked(datagram);
        var waiting = Interlocked.Add(ref _bytes, datagram.Length);
        if (waiting <= (isAsked ? CapacityInBytes + ReserveInBytes : CapacityInBytes) && (isAsked || _waiting.Reader.Count < Capacity) && TryWrite(datagram))
        {
            return true;
        }

        Interlocked.Add(ref _bytes, -datagram.Length);
        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>Nothing is taken any more; what waits may still leave.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>Hands the datagrams over one by one, until completed.</summary>
    public async Task DrainAsync(Func<ReadOnlyMemory<byte>, ValueTask> send, CancellationToken cancellationToken)
    {
        await foreach (var next in _waiting.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await send(next.Bytes.AsMemory(0, next.Length)).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Add(ref _bytes, -next.Length);
                ArrayPool<byte>.Shared.Return(next.Bytes);
            }
        }
    }

    private bool TryWrite(ReadOnlySpan<byte> datagram)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(datagram.Length);
        datagram.CopyTo(bytes);
        if (_waiting.Writer.TryWrite(new(bytes, datagram.Length)))
        {
            return true;
        }

        ArrayPool<byte>.Shared.Return(bytes);
        return false;
    }

    /// <summary>RFC 8489 §5: STUN begins with two zero bits; a request has no class bit, an indication the lower one alone.</summary>
    private static bool IsAsked(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= 2 && (datagram[0] & 0xC0) == 0 && ((datagram[0] & 1) != 0 || (datagram[1] & 0x10) == 0);

    private readonly record struct Waiting(byte[] Bytes, int Length);
}
