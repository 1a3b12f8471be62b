using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>One client of a proxy, from its first word to the end of its tunnel. What one end does not take, the other is not asked for.</summary>
internal sealed class ProxyTunnel : ITcpListener
{
    /// <summary>Bytes that wait for one end while the other is still read: as many as a window of TCP has here.</summary>
    private const int Capacity = 64 << 10;

    /// <summary>With a client that does not say what it wants, a target that does not answer, and an end that does not take its last bytes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Computer _computer;
    private readonly TcpConnection _client;
    private readonly IProxyDialogue _dialogue;
    private readonly Func<Endpoint, bool> _lets;
    private readonly Action<ProxyTunnel> _ended;
    private ReadOnlyMemory<byte> _rest;
    private TcpConnection? _target;
    private Phase _phase;

    /// <param name="computer">The proxy's.</param>
    /// <param name="client">A connection that comes in.</param>
    /// <param name="dialogue">How it is spoken to.</param>
    /// <param name="lets">Whether the proxy connects there.</param>
    /// <param name="ended">Told once.</param>
    public ProxyTunnel(Computer computer, TcpConnection client, IProxyDialogue dialogue, Func<Endpoint, bool> lets, Action<ProxyTunnel> ended)
    {
        (_computer, _client, _dialogue, _lets, _ended) = (computer, client, dialogue, lets, ended);
        client.Listener = this;
        Enter(Phase.Talking);
    }

    private enum Phase : byte
    {
        Talking,
        Dialling,
        Joined,

        /// <summary>One end is gone or refused; the other gets what is left for it.</summary>
        Leaving,
        Ended,
    }

    public Instant Deadline { get; private set; }

    public int Waiting => _client.Waiting + (_target?.Waiting ?? 0);

    public void HandleDeadline()
    {
        if (_phase == Phase.Dialling)
        {
            Refuse(ProxyRefusal.Silent);
        }
        else
        {
            End();
        }
    }

    void ITcpListener.Opened(TcpConnection connection)
    {
        if (connection == _target && _phase == Phase.Dialling)
        {
            Enter(Phase.Joined);
            Say(_client, _dialogue.Granted(connection.Local));
            Say(connection, _rest.Span);
            GoOn(_client);
        }
    }

    void ITcpListener.Received(TcpConnection connection, ReadOnlySpan<byte> bytes)
    {
        if (_phase == Phase.Talking)
        {
            Converse(bytes);
        }
        else if (_phase == Phase.Joined)
        {
            Pass(connection, bytes);
        }
    }

    void ITcpListener.Acknowledged(TcpConnection connection)
    {
        if (_phase == Phase.Joined && connection.Waiting < Capacity)
        {
            GoOn(Other(connection));
        }
        else if (_phase == Phase.Leaving && connection.Waiting == 0)
        {
            End();
        }
    }

    void ITcpListener.Closed(TcpConnection connection)
    {
        if (_phase == Phase.Dialling && connection == _target)
        {
            Refuse(ProxyRefusal.Refused);
        }
        else if (_phase == Phase.Joined)
        {
            Leave(Other(connection));
        }
        else
        {
            End();
        }
    }

    private void Converse(ReadOnlySpan<byte> bytes)
    {
        var turn = _dialogue.Take(bytes);
        Say(_client, turn.Answer.Span);
        if (turn.IsOver)
        {
            Leave(_client);
        }
        else if (turn.Target is { } target)
        {
            _rest = turn.Rest;
            Dial(target);
        }
    }

    private void Dial(Endpoint target)
    {
        var from = _computer.Addresses.FirstOrDefault(address => address.IsV4 == target.IsV4);
        if (!_lets(target) || from == default)
        {
            Refuse(from == default ? ProxyRefusal.Silent : ProxyRefusal.Forbidden);
            return;
        }

        Enter(Phase.Dialling);
        _client.Hold();
        _target = _computer.Connect(from, target, this);
    }

    private void Pass(TcpConnection from, ReadOnlySpan<byte> bytes)
    {
        var to = Other(from);
        Say(to, bytes);
        if (to.Waiting >= Capacity)
        {
            from.Hold();
        }
    }

    private void GoOn(TcpConnection connection)
    {
        connection.Release();
        _computer.Drain(connection);
    }

    private void Refuse(ProxyRefusal reason)
    {
        Say(_client, _dialogue.Refused(reason));
        Leave(_client);
    }

    /// <summary>This end gets what is left for it, and is closed then.</summary>
    private void Leave(TcpConnection last)
    {
        Enter(Phase.Leaving);
        if (last != _target)
        {
            Cut(_target);
        }

        if (last.Waiting == 0)
        {
            End();
        }
    }

    private void End()
    {
        if (_phase != Phase.Ended)
        {
            Enter(Phase.Ended);
            Cut(_client);
            Cut(_target);
            _ended(this);
        }
    }

    private void Cut(TcpConnection? connection)
    {
        if (connection is not null)
        {
            connection.Abort();
            _computer.Drain(connection);
        }
    }

    private void Say(TcpConnection to, ReadOnlySpan<byte> bytes)
    {
        to.Write(bytes);
        _computer.Drain(to);
    }

    private TcpConnection Other(TcpConnection connection) => connection == _client ? _target! : _client;

    private void Enter(Phase phase)
    {
        _phase = phase;
        Deadline = phase is Phase.Joined or Phase.Ended ? Instant.Never : _computer.World.Now + Patience;
    }
}
