namespace Postern.Sessions.Calls;

/// <summary>A few datagrams that came before we could read them: a callee's first DTLS flight may overtake its answer.</summary>
internal sealed class EarlyDatagrams
{
    /// <summary>A ClientHello takes one or two datagrams; whatever is lost here is repeated.</summary>
    private const int Limit = 4;

    private readonly Queue<byte[]> _kept = [];

    public void Keep(ReadOnlySpan<byte> datagram)
    {
        if (_kept.Count < Limit && datagram is { Length: > 0 } && datagram[0] is >= 20 and <= 63) // RFC 7983 §7
        {
            _kept.Enqueue(datagram.ToArray());
        }
    }

    public bool TryTake(out byte[] datagram) => _kept.TryDequeue(out datagram!);
}
