using System.Net.Sockets;
using Postern.Lab.Boxes;
using Postern.Lab.Namespaces.Routing;

namespace Postern.Lab.Namespaces.Tracing;

/// <summary>One who watches. What it does not read in time is kept, up to a bound; what comes on top is lost, and it is told how much.</summary>
internal sealed class Watcher : IDisposable
{
    private const int MostKept = 1 << 20;
    private const int Chunk = 16384;

    private readonly Socket _connection;
    private readonly WatcherKind _kind;
    private readonly MemoryStream _kept = new();
    private long _sent;
    private long _missed;

    public Watcher(Socket connection, WatcherKind kind)
    {
        (_connection, _kind) = (connection, kind);
        _connection.Blocking = false;
        if (kind == WatcherKind.Packets)
        {
            PcapngWriter.WriteHeader(_kept, [$"{RouterSide.Inner}", $"{RouterSide.Outer}"]);
        }
        else
        {
            TraceLine.WriteWatching(_kept); // so that whoever connects knows that nothing is missed from now on
        }
    }

    public int Descriptor => (int)_connection.Handle;

    public bool HasMore => _kept.Length > _sent;

    public void See(RouterSide side, bool isArriving, ReadOnlySpan<byte> packet, DropReason reason)
    {
        if (_kind == WatcherKind.Packets)
        {
            Keep((side, isArriving, reason), packet, static (stream, seen, bytes) =>
                PcapngWriter.WritePacket(stream, (int)seen.side, bytes, seen.isArriving, seen.reason == DropReason.None ? null : $"dropped: {seen.reason}"));
        }
        else if (reason != DropReason.None)
        {
            Keep((side, reason), packet, static (stream, seen, bytes) => TraceLine.WriteDrop(stream, seen.side, bytes, seen.reason));
        }
    }

    public void Tell(BoxEvent happened)
    {
        if (_kind == WatcherKind.Events)
        {
            Keep(happened, default, static (stream, happened, _) => TraceLine.WriteEvent(stream, happened));
        }
    }

    /// <summary>Sends what it takes; false when it is gone.</summary>
    public bool Flush()
    {
        try
        {
            // Nobody here has anything to say: what can be read is the end.
            if (_connection.Poll(0, SelectMode.SelectRead) && _connection.Receive(stackalloc byte[64]) == 0)
            {
                return false;
            }

            while (HasMore)
            {
                _sent += _connection.Send(_kept.GetBuffer().AsSpan((int)_sent, (int)Math.Min(Chunk, _kept.Length - _sent)));
            }

            _kept.SetLength(_sent = 0);
            TellMissed();
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.WouldBlock;
        }
    }

    public void Dispose() => _connection.Dispose();

    private delegate void Writing<T>(Stream stream, T what, ReadOnlySpan<byte> packet);

    private void Keep<T>(T what, ReadOnlySpan<byte> packet, Writing<T> write)
    {
        if (_kept.Length + packet.Length > MostKept)
        {
            _missed++;
            return;
        }

        write(_kept, what, packet);
    }

    private void TellMissed()
    {
        if (_missed > 0 && _kind == WatcherKind.Events)
        {
            TraceLine.WriteMissed(_kept, _missed);
        }

        _missed = 0;
    }
}
