using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Sessions.Calls;

/// <summary>Where each datagram belongs: into the relay's wrapping or out of it, to the checks, or to the streams.</summary>
internal sealed class Traffic(Paths paths, CallStats stats)
{
    private readonly EarlyDatagrams _early = new();
    private readonly byte[] _scratch = new byte[2048];
    private bool _isClosing;

    /// <summary>Null until the other side's description is known.</summary>
    public SecureStreams? Streams { get; private set; }

    public Instant NextDeadline => Instant.Min(paths.NextDeadline, Streams?.NextDeadline ?? Instant.Never);

    /// <summary>The streams stand; what came before them is theirs.</summary>
    public void Adopt(SecureStreams streams, Instant now)
    {
        Streams = streams;
        while (_early.TryTake(out var datagram))
        {
            streams.HandleDatagram(datagram, now);
        }
    }

    public void Take(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (paths.TryUnwrap(datagram, source, destination, out var peer, out var relayed, out var payload))
        {
            datagram = payload;
            (source, destination) = (peer, relayed);
        }

        if (StunMessage.LooksLikeStun(datagram) && paths.HandleDatagram(datagram, source, destination, now))
        {
            return;
        }

        if (Streams is null)
        {
            _early.Keep(datagram); // a callee's first flight may overtake its answer
            return;
        }

        var genuine = Streams.RecordsReceived;
        if (Streams.HandleDatagram(datagram, now))
        {
            stats.DatagramsReceived++;
        }

        if (Streams.RecordsReceived > genuine)
        {
            paths.NoteReceived(source, destination, now); // only what DTLS has verified is a sign of life
        }
    }

    public void HandleDeadline(Instant now)
    {
        paths.HandleDeadline(now);
        Streams?.HandleDeadline(now);
    }

    /// <summary>The end: what the streams have left to say leaves, and then the relays' allocations, which may carry it, are given back.</summary>
    public void Close()
    {
        Streams?.Close();
        _isClosing = true;
    }

    public bool TryTransmit(Span<byte> buffer, Instant now, out Transmit transmit)
    {
        if (paths.TryTransmit(buffer, out transmit)
            || (Streams is not null && paths.Selected is { } path && TryTransmitData(path, buffer, now, out transmit)))
        {
            paths.Prediction.Sight.NoteSent(transmit, now);
            return true;
        }

        if (_isClosing)
        {
            _isClosing = false;
            paths.Release(now);
        }

        return paths.TryTransmit(buffer, out transmit);
    }

    private bool TryTransmitData(IcePath path, Span<byte> buffer, Instant now, out Transmit transmit)
    {
        var relayed = paths.IsRelayed(path.Local);
        while (Streams!.TryTransmit(relayed ? _scratch : buffer, now, out var length))
        {
            stats.DatagramsSent++;
            paths.NoteSent(path, now);
            if (!relayed)
            {
                transmit = new(length, path.Local, path.Remote);
                return true;
            }

            if (paths.TryWrap(path.Local, _scratch.AsSpan(0, length), path.Remote, buffer, out transmit))
            {
                return true;
            }
        }

        transmit = default;
        return false;
    }
}
