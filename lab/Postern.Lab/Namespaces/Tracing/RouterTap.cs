using System.Net.Sockets;
using Postern.Lab.Boxes;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Namespaces.Routing;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Tracing;

/// <summary>Where those who want to see connect to a router: one socket for events as lines, one for packets as pcapng.</summary>
internal sealed class RouterTap : IRouterTap, IDisposable
{
    private const int MostWatchers = 8;

    private readonly List<(Socket Listener, WatcherKind Kind, string Path)> _listeners = [];
    private readonly List<Watcher> _watchers = [];

    public RouterTap(string? folder, string name)
    {
        if (folder is not null)
        {
            Listen(EventsSocket(folder, name), WatcherKind.Events);
            Listen(PacketsSocket(folder, name), WatcherKind.Packets);
        }
    }

    public bool IsWatched => _watchers.Count > 0;

    /// <summary>How many descriptors there are to wait for.</summary>
    public int Count => _listeners.Count + _watchers.Count;

    public static string EventsSocket(string folder, string name) => Path.Combine(folder, $"{name}.events");

    public static string PacketsSocket(string folder, string name) => Path.Combine(folder, $"{name}.packets");

    public void Fill(Span<Libc.PollEntry> entries)
    {
        var i = 0;
        foreach (var (listener, _, _) in _listeners)
        {
            entries[i++] = new() { Descriptor = (int)listener.Handle, Wanted = Libc.CanRead };
        }

        foreach (var watcher in _watchers)
        {
            entries[i++] = new() { Descriptor = watcher.Descriptor, Wanted = (short)(Libc.CanRead | (watcher.HasMore ? Libc.CanWrite : 0)) };
        }
    }

    /// <summary>Takes who comes, lets go who leaves, and sends what was kept for the others.</summary>
    public void Serve()
    {
        if (_listeners.Count == 0)
        {
            return;
        }

        foreach (var (listener, kind, _) in _listeners)
        {
            while (listener.Poll(0, SelectMode.SelectRead))
            {
                var connection = listener.Accept();
                if (_watchers.Count < MostWatchers)
                {
                    _watchers.Add(new(connection, kind));
                }
                else
                {
                    connection.Dispose();
                }
            }
        }

        for (var i = _watchers.Count - 1; i >= 0; i--)
        {
            if (!_watchers[i].Flush())
            {
                _watchers[i].Dispose();
                _watchers.RemoveAt(i);
            }
        }
    }

    public void See(RouterSide side, bool isArriving, ReadOnlySpan<byte> packet, DropReason reason, Instant now)
    {
        foreach (var watcher in _watchers)
        {
            watcher.See(side, isArriving, packet, reason);
        }
    }

    public void Tell(BoxEvent happened)
    {
        foreach (var watcher in _watchers)
        {
            watcher.Tell(happened);
        }
    }

    public void Dispose()
    {
        foreach (var watcher in _watchers)
        {
            watcher.Dispose();
        }

        foreach (var (listener, _, path) in _listeners)
        {
            listener.Dispose();
            File.Delete(path);
        }
    }

    private void Listen(string path, WatcherKind kind)
    {
        File.Delete(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(MostWatchers);
        _listeners.Add((listener, kind, path));
    }
}
