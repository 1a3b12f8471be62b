using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Postern.Drivers;
using Postern.Protocol.Switching.Server;
using Postern.Server.Storage;
using Machine = Postern.Protocol.Switching.Server.Switchboard;

namespace Postern.Server.Switchboard;

/// <summary>The switchboard's driver: one lock around the machine, one alarm, and a claim on the disk before its welcome is sent.</summary>
internal sealed class SwitchboardRunner : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ConnectionId, HostedConnection> _connections = [];
    private readonly Machine _machine;
    private readonly Alarm _alarm;
    private readonly NameStore _store;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private long _lastConnection;
    private bool _stopped;

    public SwitchboardRunner(SwitchboardHostOptions options, NameStore store, ILogger log, TimeProvider time)
    {
        _store = store;
        _log = log;
        _time = time;
        _alarm = new Alarm(time, Ring);
        _machine = new Machine(options.Switchboard, store.Secrets.Server, SystemRandom.Instance, options.Mint, _alarm.Now);
        foreach (var stored in store.Names())
        {
            _machine.Load(stored.Name, stored.Key);
        }
    }

    public int Names
    {
        get
        {
            lock (_gate)
            {
                return _machine.Names;
            }
        }
    }

    /// <summary>A copy of the counters.</summary>
    public SwitchboardStats Stats
    {
        get
        {
            lock (_gate)
            {
                return _machine.Stats with { };
            }
        }
    }

    public ConnectionId NextId() => new(Interlocked.Increment(ref _lastConnection));

    public void Load(string name, string key)
    {
        lock (_gate)
        {
            _machine.Load(name, key);
        }
    }

    public void Opened(HostedConnection connection)
    {
        lock (_gate)
        {
            _connections.Add(connection.Id, connection);
            _machine.HandleOpened(connection.Id, connection.Remote, _alarm.Now);
            Drain();
        }
    }

    public void Handle(HostedConnection connection, bool isText, ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            if (isText)
            {
                _machine.HandleFrame(connection.Id, message, _alarm.Now);
            }
            else
            {
                _machine.HandleBinary(connection.Id, _alarm.Now);
            }

            Drain();
        }
    }

    public void Closed(HostedConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection.Id);
            _machine.HandleClosed(connection.Id, _alarm.Now);
            Drain();
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _machine.Stop(_alarm.Now);
            Drain();
            _stopped = true;
        }
    }

    public void Dispose() => _alarm.Dispose();

    private void Ring()
    {
        lock (_gate)
        {
            _alarm.Rang();
            _machine.HandleDeadline(_alarm.Now);
            Drain();
        }
    }

    private void Drain()
    {
        while (_machine.TryTakeEvent(out var happened))
        {
            Tell(happened);
        }

        while (_machine.TryTakeFrame(out var frame))
        {
            _connections.GetValueOrDefault(frame.Connection)?.Enqueue(frame);
        }

        if (!_stopped)
        {
            _alarm.Set(_machine.NextDeadline);
        }
    }

    private void Tell(SwitchboardEvent happened)
    {
        switch (happened)
        {
            case SwitchboardEvent.NameClaimed claimed:
                Store(claimed);
                break;
            case SwitchboardEvent.LoggedIn login:
                _log.LoggedIn(login.Name, login.Remote.ToString());
                break;
            case SwitchboardEvent.LoggedOut logout:
                _log.LoggedOut(logout.Name);
                break;
            case SwitchboardEvent.Expelled expelled:
                _log.Expelled(expelled.Remote.ToString(), expelled.Code, expelled.Sentence);
                break;
        }
    }

    private void Store(SwitchboardEvent.NameClaimed claimed)
    {
        try
        {
            _store.Add(new(claimed.Name, claimed.Key), _time.GetUtcNow());
            _log.Claimed(claimed.Name);
        }
        catch (SqliteException e)
        {
            _log.NotStored(claimed.Name, e); // a full disk must not stop the calls
        }
    }
}
